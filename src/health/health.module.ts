import { Module } from '@nestjs/common';
import { ExecutionsModule } from '../executions/executions.module.js';
import { HealthController } from './health.controller.js';

@Module({ imports: [ExecutionsModule], controllers: [HealthController] })
export class HealthModule {}
