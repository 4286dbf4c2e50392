import { Access, type Credentials } from './access.js';
import { Faults, type Network } from './faults.js';
import { type EventLog } from './log.js';
import { MemoryLog } from './memory-log.js';
import { EventStoreDbNode, type Tls } from './node.js';
import { SqliteLog } from './sqlite-log.js';
import { StreamDatabase } from './stream-database.js';

export interface EventStoreDbOptions {
  /** The port of the first node; without it any that is free. */
  readonly port?: number;
  /** A SQLite file to keep the log in; without it the log ends with the server. */
  readonly file?: string;
  /** Who may sign in; without it everyone may do everything. Clients send names only over TLS. */
  readonly credentials?: Credentials;
  readonly tls?: Tls;
  /** So many followers beside the leader, over one log: what one has written, all can read at once. */
  readonly cluster?: { readonly followers: number };
  /** The most bytes of one append; default 1 MiB, and at most `largestMaxAppendSize`, as there. */
  readonly maxAppendSize?: number;
  /** Whether clients are told of `BatchAppend`; without it they use `Append`. Default true. */
  readonly batchAppend?: boolean;
}

const VERSION = '24.10.0';

/** A record of the log there, without what the server itself adds to it. With more it does not start. */
export const largestMaxAppendSize = 16 * 1024 * 1024 - 10_000;

/** A server that speaks EventStoreDB's gRPC protocol, for tests. What it is not is told in README.md. */
export class EventStoreDbServer {
  readonly faults: Faults;
  private readonly nodes: readonly EventStoreDbNode[];
  private readonly log: EventLog;
  private readonly secure: boolean;

  private constructor(faults: Faults, nodes: readonly EventStoreDbNode[], log: EventLog, secure: boolean) {
    this.faults = faults;
    this.nodes = nodes;
    this.log = log;
    this.secure = secure;
  }

  static async start(options: EventStoreDbOptions = {}): Promise<EventStoreDbServer> {
    const { maxAppendSize = 1024 * 1024 } = options;
    if (maxAppendSize > largestMaxAppendSize)
      throw new RangeError(`maxAppendSize exceeded ${largestMaxAppendSize} bytes.`);
    const log = options.file === undefined ? new MemoryLog() : new SqliteLog(options.file);
    const database = new StreamDatabase(log);
    const nodes = Array.from(
      { length: 1 + (options.cluster?.followers ?? 0) },
      (_, index) => new EventStoreDbNode(index === 0 ? (options.port ?? 0) : 0, options.tls),
    );
    const faults = new Faults(networkOf(nodes));
    const access = new Access(options.credentials, database);
    for (const node of nodes) {
      node.serve({
        database,
        access,
        faults,
        maxAppendSize,
        version: VERSION,
        batchAppend: options.batchAppend ?? true,
        members: () => nodes.map(({ member }) => member),
        self: () => node.member,
      });
      await node.open();
    }
    const server = new EventStoreDbServer(faults, nodes, log, options.tls !== undefined);
    noteStart(database, nodes[0]!.port);
    server.elect(0);
    return server;
  }

  /** A connection string: of the one node, or of all of them, from which a client chooses. */
  get url(): string {
    return `esdb://${this.nodes.map(({ host, port }) => `${host}:${port}`).join(',')}?tls=${this.secure}`;
  }

  get port(): number {
    return this.nodes[0]!.port;
  }

  get ports(): readonly number[] {
    return this.nodes.map(({ port }) => port);
  }

  async stop(): Promise<void> {
    for (const node of this.nodes) {
      await node.close();
      node.end();
    }
    this.log.close();
  }

  /** Makes another node the leader, by its place in `ports`. */
  elect(index: number): void {
    this.nodes.forEach((node, at) => {
      node.leads = at === index;
    });
  }
}

/** What every start leaves in the log there: events of its own, which a reader of `$all` meets. */
const noteStart = (database: StreamDatabase, port: number): void => {
  if (database.log.end() < 0n) database.note(`$$$stats-127.0.0.1:${port}`, '$metadata', { $maxAge: 86_400 });
  database.note('$epoch-information', '$epoch-information', { leader: port });
};

const networkOf = (nodes: readonly EventStoreDbNode[]): Network => {
  const some = (index: number | undefined) => nodes.filter((_, at) => index === undefined || at === index);
  return {
    cut: (peer) => nodes.forEach((node) => node.cut(peer)),
    close: async (index) => void (await Promise.all(some(index).map((node) => node.close()))),
    open: async (index) => void (await Promise.all(some(index).map((node) => node.open()))),
  };
};
