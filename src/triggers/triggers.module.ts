import { Module, type BeforeApplicationShutdown } from '@nestjs/common';
import { EventStore } from '#event-store';
import { ReadModel } from '#read-model';
import { ExecutionEngine } from '#runtime';
import type { Logger } from 'pino';
import { Secrets } from '../secrets/secrets.js';
import { Accounts } from '../auth/accounts.js';
import { AuthModule } from '../auth/auth.module.js';
import { LOG } from '../config/log.js';
import { Definitions } from '../definitions/definitions.js';
import { DefinitionsModule } from '../definitions/definitions.module.js';
import { ExecutionsModule } from '../executions/executions.module.js';
import { Hooks } from './hooks/hooks.js';
import { LiveTriggers } from './live-triggers.js';
import { SecretValues } from './secret-values.js';
import { Triggers } from './triggers.js';

/** What begins executions that nobody asks for just then. */
@Module({
  imports: [AuthModule, DefinitionsModule, ExecutionsModule],
  providers: [
    {
      provide: Triggers,
      inject: [LiveTriggers, Definitions, ReadModel, EventStore, ExecutionEngine, Accounts, LOG],
      useFactory: (
        live: LiveTriggers,
        definitions: Definitions,
        lists: ReadModel,
        store: EventStore,
        engine: ExecutionEngine,
        accounts: Accounts,
        log: Logger,
      ) => new Triggers({ live, definitions, lists, engine, accounts, log, head: () => store.head() }),
    },
    {
      provide: SecretValues,
      inject: [Secrets],
      useFactory: (secrets: Secrets): SecretValues => ({
        find: async (tenant, name) => (await secrets.find(tenant, name))?.value ?? null,
      }),
    },
    {
      provide: Hooks,
      inject: [LiveTriggers, SecretValues, ExecutionEngine, Triggers, LOG],
      useFactory: (
        live: LiveTriggers,
        secrets: SecretValues,
        engine: ExecutionEngine,
        triggers: Triggers,
        log: Logger,
      ) =>
        new Hooks({
          live,
          secrets,
          begin: (request, options) => engine.begin(request, options),
          mayRun: (owner, tenant) => triggers.mayRun(owner, tenant),
          isWhole: () => triggers.isWhole,
          now: Date.now,
          log,
        }),
    },
  ],
})
export class TriggersModule implements BeforeApplicationShutdown {
  constructor(private readonly triggers: Triggers) {}

  /** Nothing begins any more, before what runs is let finish. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.triggers.stop();
  }
}
