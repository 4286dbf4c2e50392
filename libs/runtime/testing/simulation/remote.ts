import {
  EventStore,
  Leases,
  OpenExecutions,
  type Appended,
  type Backlog,
  type CaughtUp,
  type ExpectedRevision,
  type MemoryEventStore,
  type NewEvent,
  type OpenChange,
  type OpenExecution,
  type Position,
  type ReadAllOptions,
  type ReadStreamOptions,
  type RecordedEvent,
  type SubscribeOptions,
} from '#event-store';
import type { Connection } from './connection.js';
import type { SharedTable } from './shared-table.js';
import type { VirtualTime } from './virtual-time.js';

/** The log, as one process reaches it. */
export class RemoteStore extends EventStore {
  constructor(
    private readonly log: MemoryEventStore,
    private readonly connection: Connection,
    private readonly onOpenChange: (stream: string, open: OpenChange, revision: bigint) => void,
  ) {
    super();
  }

  append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
    open?: OpenChange,
  ): Promise<Appended> {
    return this.connection.ask('log', async () => {
      const appended = await this.log.append(stream, expected, events);
      if (open) this.onOpenChange(stream, open, appended.revision);
      return appended;
    });
  }

  async *readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<RecordedEvent> {
    yield* await this.connection.ask('log', () => all(this.log.readStream(stream, options)));
  }

  async *readAll(options?: ReadAllOptions): AsyncIterable<RecordedEvent> {
    yield* await this.connection.ask('log', () => all(this.log.readAll(options)));
  }

  async *subscribe(options: SubscribeOptions = {}): AsyncIterable<RecordedEvent | CaughtUp> {
    for await (const event of this.log.subscribe(options)) {
      await this.connection.ask('log', () => undefined);
      yield event;
    }
  }

  head(): Promise<Position | null> {
    return this.connection.ask('log', () => this.log.head());
  }

  async tombstone(): Promise<never> {
    throw new Error('Nothing is archived here.');
  }

  async close(): Promise<void> {}
}

/** The list of open executions, of which several processes ask nothing but by their leases. */
export class NobodysList extends OpenExecutions {
  async list(): Promise<never> {
    throw new Error('Of several processes, none asks for the list as a whole.');
  }

  async due(): Promise<never> {
    throw new Error('Of several processes, each claims what is due.');
  }

  async nextDue(): Promise<never> {
    throw new Error('Of several processes, each looks again and again.');
  }
}

const heartbeatMs = 2_000;
const leaseMs = 8_000;
const marginMs = 1_000;

/** The lease of one process, renewed over its connection, and counted as the one in PostgreSQL is. */
export class RemoteLeases extends Leases {
  readonly several = true;
  lapses = 0;
  private heldUntil: number | null = null;

  constructor(
    readonly process: string,
    readonly drives: boolean,
    private readonly table: SharedTable,
    private readonly connection: Connection,
    private readonly time: VirtualTime,
  ) {
    super();
  }

  async open(): Promise<void> {
    while (this.heldUntil === null) await this.renew().catch(() => this.time.rest(100));
    void this.beat();
  }

  isHeld(): boolean {
    return this.heldUntil !== null && this.time.now < this.heldUntil;
  }

  claim(stream: string, revision: bigint): Promise<boolean> {
    if (!this.drives) return Promise.resolve(false);
    return this.connection.ask('table', () => this.table.claim(this.process, stream, revision));
  }

  release(stream: string): Promise<void> {
    return this.connection.ask('table', () => this.table.release(this.process, stream));
  }

  park({ stream }: OpenExecution): Promise<void> {
    return this.connection.ask('table', () => this.table.park(this.process, stream));
  }

  forget(stream: string): Promise<void> {
    return this.connection.ask('table', () => this.table.forget(this.process, stream));
  }

  async claimOrphans(now: number, limit: number): Promise<readonly OpenExecution[]> {
    if (!this.drives) return [];
    return this.connection.ask('table', () => this.table.claimOrphans(this.process, now, limit));
  }

  running(): Promise<readonly OpenExecution[]> {
    const isMine = ({ status, driver }: OpenExecution) => status === 'running' && driver === this.process;
    return this.connection.ask('table', () => this.table.all().filter(isMine));
  }

  async backlog(): Promise<Backlog> {
    return { ofTenant: 0, ofAll: 0 };
  }

  async close(): Promise<void> {}

  private async beat(): Promise<void> {
    for (;;) {
      await this.time.rest(heartbeatMs);
      await this.renew().catch(() => undefined);
    }
  }

  private async renew(): Promise<void> {
    const asked = this.time.now;
    await this.connection.ask('table', () => this.table.renew(this.process));
    if (this.heldUntil !== null && !this.isHeld()) this.lapses += 1;
    this.heldUntil = asked + leaseMs - marginMs;
  }
}

async function all<T>(some: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const one of some) list.push(one);
  return list;
}
