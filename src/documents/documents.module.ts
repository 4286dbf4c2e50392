import { Global, Module, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { EventStore, PayloadStore } from '#event-store';
import type { StepInvocation } from '#plugin-host';
import { DocumentIndex } from '#read-model';
import type { Logger } from 'pino';
import { ENVIRONMENT, type Environment } from '../config/environment.js';
import { LOG } from '../config/log.js';
import { DocumentClients } from '../plugins/document-clients.js';
import { DocumentsController } from './documents.controller.js';
import { Documents } from './documents.js';
import { DocumentSearch } from './document-search.js';

/** Documents, and finding parts of them. */
@Global()
@Module({
  controllers: [DocumentsController],
  providers: [
    {
      provide: Documents,
      inject: [EventStore, PayloadStore],
      useFactory: (store: EventStore, payloads: PayloadStore) => new Documents(store, payloads),
    },
    {
      provide: DocumentSearch,
      inject: [ENVIRONMENT, EventStore, PayloadStore, LOG],
      useFactory: ({ dataDir }: Environment, store: EventStore, payloads: PayloadStore, log: Logger) =>
        new DocumentSearch(DocumentIndex.open(dataDir), store, payloads, log),
    },
    {
      provide: DocumentClients,
      inject: [DocumentSearch],
      useFactory: (search: DocumentSearch): DocumentClients => ({
        for: ({ tenant }: StepInvocation) => ({ search: (query) => search.search(tenant, query) }),
      }),
    },
  ],
  exports: [DocumentClients],
})
export class DocumentsModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(private readonly search: DocumentSearch) {}

  onApplicationBootstrap(): void {
    this.search.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.search.stop();
  }
}
