import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { EventStore, Leases, OpenExecutions, PayloadStore, SoleProcess } from '#event-store';
import { openSqliteEventStore } from '#event-store-sqlite';
import { ReadModel } from '#read-model';
import type { Logger } from 'pino';
import { ENVIRONMENT, type Environment } from '../config/environment.js';
import { LOG } from '../config/log.js';
import { EVENT_LOG, type EventLog } from './event-log.js';
import { OtherProcesses } from './other-processes.js';
import { OwnWrites } from './own-writes.js';

/** Unlike that of every other process, also of this one before a restart. */
const processName = (): string => `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;

/** Remembers and tells: the embedded log, and the tables that follow it. */
@Global()
@Module({
  providers: [
    {
      provide: EVENT_LOG,
      inject: [ENVIRONMENT],
      useFactory: ({ dataDir }: Environment) => openSqliteEventStore({ dir: dataDir }),
    },
    { provide: EventStore, inject: [EVENT_LOG], useFactory: (log: EventLog) => log.store },
    { provide: OpenExecutions, inject: [EVENT_LOG], useFactory: (log: EventLog) => log.openExecutions },
    {
      provide: Leases,
      inject: [OpenExecutions],
      useFactory: (open: OpenExecutions) => new SoleProcess(processName(), open),
    },
    { provide: PayloadStore, inject: [EVENT_LOG], useFactory: (log: EventLog) => log.payloads },
    {
      provide: ReadModel,
      inject: [ENVIRONMENT, EventStore],
      useFactory: ({ dataDir, databaseUrl, projector }: Environment, store: EventStore) =>
        ReadModel.open({
          reader: store,
          database: databaseUrl === null ? { kind: 'sqlite', dir: dataDir } : { kind: 'postgres', url: databaseUrl },
          projector: projector === 'inline' ? 'inline' : { thread: { kind: 'embedded', dir: dataDir } },
        }),
    },
    {
      provide: OtherProcesses,
      inject: [EventStore, Leases, LOG],
      useFactory: (store: EventStore, leases: Leases, log: Logger) => new OtherProcesses(store, leases, log),
    },
    OwnWrites,
  ],
  exports: [EVENT_LOG, EventStore, OpenExecutions, Leases, PayloadStore, ReadModel, OtherProcesses, OwnWrites],
})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(
    @Inject(EVENT_LOG) private readonly log: EventLog,
    private readonly readModel: ReadModel,
    private readonly others: OtherProcesses,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    this.others.stop();
    await this.readModel.close();
    await this.log.close();
  }
}
