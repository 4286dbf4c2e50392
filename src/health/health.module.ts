import { Module } from '@nestjs/common';
import { ExecutionsModule } from '../executions/executions.module.js';
import { HealthController } from './health.controller.js';
import { Metrics } from './metrics.js';
import { MetricsController } from './metrics.controller.js';

@Module({ imports: [ExecutionsModule], controllers: [HealthController, MetricsController], providers: [Metrics] })
export class HealthModule {}
