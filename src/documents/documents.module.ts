import { Global, Module, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { EventStore, PayloadStore } from '#event-store';
import { EgressClient, openaiEmbeddings, type StepInvocation } from '#plugin-host';
import { DocumentIndex, DocumentVectors } from '#read-model';
import type { Logger } from 'pino';
import { ENVIRONMENT, type Environment } from '../config/environment.js';
import { LOG } from '../config/log.js';
import { DocumentClients } from '../plugins/document-clients.js';
import { DocumentsController } from './documents.controller.js';
import { Documents } from './documents.js';
import { DocumentSearch } from './document-search.js';
import { Embedder } from './embedder.js';

function embedderOf(environment: Environment, egress: EgressClient, log: Logger): Embedder | null {
  const { dataDir, embeddingModel, openaiBaseUrl: baseUrl, openaiApiKey: apiKey } = environment;
  if (embeddingModel === null || baseUrl === null) return null;
  const model = openaiEmbeddings({ baseUrl, apiKey, model: embeddingModel, egress });
  return new Embedder(DocumentVectors.open(dataDir, model.name), model, log);
}

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
      inject: [ENVIRONMENT, EventStore, PayloadStore, EgressClient, LOG],
      useFactory: (
        environment: Environment,
        store: EventStore,
        payloads: PayloadStore,
        egress: EgressClient,
        log: Logger,
      ) => {
        const index = DocumentIndex.open(environment.dataDir);
        return new DocumentSearch(index, store, payloads, log, embedderOf(environment, egress, log));
      },
    },
    {
      provide: DocumentClients,
      inject: [DocumentSearch],
      useFactory: (search: DocumentSearch): DocumentClients => ({
        for: ({ tenant }: StepInvocation) => ({
          search: async (query) => (await search.search(tenant, query)).hits,
        }),
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
