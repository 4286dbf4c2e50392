import { Module, type DynamicModule } from '@nestjs/common';
import type { Logger } from 'pino';
import { AnalyticsModule } from './analytics/analytics.module.js';
import { AuthModule } from './auth/auth.module.js';
import { ConfigModule } from './config/config.module.js';
import type { Environment } from './config/environment.js';
import { ConversationsModule } from './conversations/conversations.module.js';
import { DatabaseModule } from './database/database.module.js';
import { DefinitionsModule } from './definitions/definitions.module.js';
import { DocumentsModule } from './documents/documents.module.js';
import { ExecutionsModule } from './executions/executions.module.js';
import { HealthModule } from './health/health.module.js';
import { TemplatesModule } from './templates/templates.module.js';
import { TriggersModule } from './triggers/triggers.module.js';
import { PluginsModule } from './plugins/plugins.module.js';
import { SecretsModule } from './secrets/secrets.module.js';

/** The application: a contents page. */
@Module({})
export class AppModule {
  static of(environment: Environment, log: Logger): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.of(environment, log),
        DatabaseModule,
        AuthModule,
        SecretsModule,
        PluginsModule,
        ConversationsModule,
        DocumentsModule,
        DefinitionsModule,
        TemplatesModule,
        ExecutionsModule,
        TriggersModule,
        AnalyticsModule,
        HealthModule,
      ],
    };
  }
}
