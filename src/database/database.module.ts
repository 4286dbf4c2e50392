import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { EventStore, Leases, OpenExecutions, PayloadStore } from '#event-store';
import { ReadModel } from '#read-model';
import type { Logger } from 'pino';
import { ENVIRONMENT, type Environment } from '../config/environment.js';
import { LOG } from '../config/log.js';
import { OtherProcesses } from './other-processes.js';
import { OwnWrites } from './own-writes.js';
import { tellingOfLists } from './telling-of-lists.js';
import { openStores, STORES, type Stores } from './stores.js';

const openReadModel = (
  { dataDir, databaseUrl, projector, role }: Environment,
  { store, address }: Stores,
  log: Logger,
): Promise<ReadModel> =>
  ReadModel.open({
    reader: store,
    database: databaseUrl === null ? { kind: 'sqlite', dir: dataDir } : { kind: 'postgres', url: databaseUrl },
    projector: projector === 'inline' ? 'inline' : { thread: address },
    projects: role === 'all' || role === 'projector',
    onStatus: tellingOfLists(log),
  });

/** Remembers and tells: the log, what is kept beside it, and the tables that follow it. */
@Global()
@Module({
  providers: [
    { provide: STORES, inject: [ENVIRONMENT, LOG], useFactory: openStores },
    { provide: EventStore, inject: [STORES], useFactory: ({ store }: Stores) => store },
    { provide: OpenExecutions, inject: [STORES], useFactory: ({ openExecutions }: Stores) => openExecutions },
    { provide: Leases, inject: [STORES], useFactory: ({ leases }: Stores) => leases },
    { provide: PayloadStore, inject: [STORES], useFactory: ({ payloads }: Stores) => payloads },
    { provide: ReadModel, inject: [ENVIRONMENT, STORES, LOG], useFactory: openReadModel },
    {
      provide: OtherProcesses,
      inject: [EventStore, Leases, LOG],
      useFactory: (store: EventStore, leases: Leases, log: Logger) => new OtherProcesses(store, leases, log),
    },
    OwnWrites,
  ],
  exports: [STORES, EventStore, OpenExecutions, Leases, PayloadStore, ReadModel, OtherProcesses, OwnWrites],
})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly readModel: ReadModel,
    private readonly others: OtherProcesses,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    this.others.stop();
    await this.readModel.close();
    await this.stores.close();
  }
}
