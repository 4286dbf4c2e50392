import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { Logger } from 'pino';
import { ENVIRONMENT, type Environment } from './environment.js';
import { LOG } from './log.js';

@Global()
@Module({})
export class ConfigModule {
  static of(environment: Environment, log: Logger): DynamicModule {
    return {
      module: ConfigModule,
      providers: [
        { provide: ENVIRONMENT, useValue: environment },
        { provide: LOG, useValue: log },
      ],
      exports: [ENVIRONMENT, LOG],
    };
  }
}
