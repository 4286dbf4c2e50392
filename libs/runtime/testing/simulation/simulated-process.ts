import { NodeFailure, type NodeContext } from '#plugin-sdk';
import type { MemoryEventStore, OpenChange } from '#event-store';
import type { ExecutionEngine } from '../../execution-engine.js';
import { mayCall } from '../../steps/speaking.js';
import type { EngineUnderTest } from '../engine-under-test.js';
import type { Chance } from './chance.js';
import { Connection } from './connection.js';
import { RemoteLeases, NobodysList, RemoteStore } from './remote.js';
import type { SharedTable } from './shared-table.js';
import type { VirtualTime } from './virtual-time.js';

/** What processes have in common. */
export interface World {
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly table: SharedTable;
  readonly under: EngineUnderTest & { readonly store: MemoryEventStore };
  readonly onOpenChange: (stream: string, open: OpenChange, revision: bigint) => void;
  /** Hears of each call in the moment in which it is made. */
  readonly onCall: (process: string, idempotencyKey: string) => void;
  readonly log: (process: string, message: string, fields: object) => void;
}

/** An engine, and between it and everything else a connection that may fail. */
export class SimulatedProcess {
  readonly connection: Connection;
  /** Null: it is not up yet. */
  engine: ExecutionEngine | null = null;
  private readonly leases: RemoteLeases;

  constructor(
    readonly name: string,
    readonly drives: boolean,
    private readonly world: World,
  ) {
    const { time, chance, table } = world;
    this.connection = new Connection(time, chance);
    this.leases = new RemoteLeases(name, drives, table, this.connection, time);
  }

  async start(): Promise<void> {
    const { world, connection, leases, name } = this;
    await leases.open();
    const error = (fields: object, message: string) => world.log(name, message, fields);
    const call = (context: NodeContext) => this.call(context);
    const engine = world.under.start(
      {
        store: new RemoteStore(world.under.store, connection, world.onOpenChange),
        openExecutions: new NobodysList(),
        leases,
        chance: () => world.chance.next(),
        log: { info: () => undefined, error },
      },
      { keyed: call, look: call },
    );
    while (!(await succeeds(engine.recover()))) await world.time.rest(500);
    this.engine = engine;
  }

  /** Of a service that takes its time. As for every call, the lease is asked in the moment in which it is made. */
  private async call({ idempotencyKey, nodeId }: NodeContext) {
    const { time, chance, onCall } = this.world;
    await this.connection.goOn();
    if (!mayCall(this.leases)())
      throw new NodeFailure({ code: 'lease_over', message: 'Nothing was sent.', retryable: true });
    onCall(this.name, idempotencyKey);
    await time.rest(chance.between(5, 800));
    await this.connection.goOn();
    return { port: 'out', output: nodeId };
  }
}

const succeeds = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  );
