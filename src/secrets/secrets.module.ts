import { Global, Module } from '@nestjs/common';
import { EventStore } from '#event-store';
import { ENVIRONMENT, type Environment } from '../config/environment.js';
import { OtherProcesses } from '../database/other-processes.js';
import { Sealing } from './sealing.js';
import { Secrets } from './secrets.js';
import { SecretsController } from './secrets.controller.js';

/** What services are told so that they know us: kept sealed, sent to their hosts, shown to nobody. */
@Global()
@Module({
  controllers: [SecretsController],
  providers: [
    {
      provide: Secrets,
      inject: [EventStore, OtherProcesses, ENVIRONMENT],
      useFactory: async (store: EventStore, others: OtherProcesses, { authSecret }: Environment) => {
        const secrets = new Secrets(store, new Sealing(authSecret));
        await others.hear({ categories: ['secret'] }, async (event) => secrets.heard(event));
        await secrets.load();
        return secrets;
      },
    },
  ],
  exports: [Secrets],
})
export class SecretsModule {}
