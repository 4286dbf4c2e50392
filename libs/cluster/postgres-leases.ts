import { Leases, type Backlog, type OpenExecution } from '#event-store';
import type { ClusterLog } from './open-executions-follower.js';
import { columns } from './postgres-open-executions.js';
import type { SharedDatabase } from './shared-database.js';

export interface LeaseOptions {
  /** Unlike every other process that ever was. */
  readonly process: string;
  readonly drives: boolean;
  /** Default 2,000. */
  readonly heartbeatMs?: number;
  /** Default 8,000. */
  readonly leaseMs?: number;
  readonly log: ClusterLog;
  /** Monotonic, ms. */
  readonly clock?: () => number;
}

export interface LeaseDatabases {
  readonly database: SharedDatabase;
  /** For renewals alone: they must not wait for what else is asked. */
  readonly renewals: SharedDatabase;
}

const backlogMs = 250;
const mostTenants = 1_000;

/** Of its own, so many are given at once. */
const page = 200;

const lives = `exists (select 1 from chatter_cluster.processes as other
  where other.process = open.driver and other.lease_until > clock_timestamp())`;

/** One row for each process, renewed by it: by the database's clock for the others, by its own for itself. */
export class PostgresLeases extends Leases {
  readonly several = true;
  readonly process: string;
  readonly drives: boolean;
  private readonly leaseMs: number;
  private readonly clock: () => number;
  lapses = 0;
  /** Null: it has not been asked for yet. */
  private heldUntil: number | null = null;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;
  private readonly backlogs = new Map<string, { readonly until: number; readonly counted: Promise<Backlog> }>();

  private readonly database: SharedDatabase;

  private constructor(
    private readonly databases: LeaseDatabases,
    private readonly options: LeaseOptions,
  ) {
    super();
    this.database = databases.database;
    this.process = options.process;
    this.drives = options.drives;
    this.leaseMs = options.leaseMs ?? 8_000;
    this.clock = options.clock ?? (() => performance.now());
  }

  /** Resolves once it holds its lease. */
  static async open(databases: LeaseDatabases, options: LeaseOptions): Promise<PostgresLeases> {
    const leases = new PostgresLeases(databases, options);
    await leases.renew();
    leases.beat();
    return leases;
  }

  isHeld(): boolean {
    return this.heldUntil !== null && this.clock() < this.heldUntil;
  }

  async claim(stream: string, revision: bigint): Promise<boolean> {
    if (!this.drives) return false;
    const claimed = await this.database.rows(
      `insert into chatter_cluster.open_executions as open (stream, tenant, priority, status, due_at, driver, revision, claimed_revision)
       values ($1, '', 0, 'running', null, $2, -1, $3)
       on conflict (stream) do update set driver = $2, claimed_revision = greatest(open.claimed_revision, $3)
       where open.driver is null or open.driver = $2 or not ${lives}
       returning stream`,
      [stream, this.process, String(revision)],
    );
    return claimed.length > 0;
  }

  async release(stream: string): Promise<void> {
    await this.database.rows(
      'update chatter_cluster.open_executions set driver = null where stream = $1 and driver = $2',
      [stream, this.process],
    );
  }

  async park({ stream }: OpenExecution): Promise<void> {
    await this.database.rows(
      "update chatter_cluster.open_executions set status = 'parked', due_at = null where stream = $1 and driver = $2",
      [stream, this.process],
    );
  }

  async forget(stream: string): Promise<void> {
    await this.database.rows('delete from chatter_cluster.open_executions where stream = $1 and driver = $2', [
      stream,
      this.process,
    ]);
  }

  /** Those that others look at in this moment are left to them. */
  async claimOrphans(now: number, limit: number): Promise<readonly OpenExecution[]> {
    if (!this.drives) return [];
    const isOrphan = `((open.status <> 'waiting' and open.driver is distinct from $1) or open.due_at <= $2)
      and (open.driver is null or open.driver = $1 or not ${lives})`;
    return this.database.rows<OpenExecution>(
      `with turns as (
         select open.stream, open.driver is not distinct from $1 as own, row_number() over (
           partition by open.driver is not distinct from $1, open.tenant order by open.priority desc, open.due_at, open.stream) as turn
         from chatter_cluster.open_executions as open where ${isOrphan}
       ), chosen as (
         select open.stream from chatter_cluster.open_executions as open
         where (open.stream in (select stream from turns where not own order by turn limit $3)
           or open.stream in (select stream from turns where own order by turn limit ${page})) and ${isOrphan}
         for update skip locked
       )
       update chatter_cluster.open_executions as mine set driver = $1, claimed_revision = greatest(mine.claimed_revision, mine.revision)
       from chosen where mine.stream = chosen.stream
       returning mine.stream, mine.tenant, mine.priority, mine.status, mine.due_at as "dueAt", mine.driver`,
      [this.process, now, Math.max(0, limit)],
    );
  }

  async running(): Promise<readonly OpenExecution[]> {
    return this.database.rows<OpenExecution>(
      `select ${columns} from chatter_cluster.open_executions where status = 'running' and driver = $1`,
      [this.process],
    );
  }

  /** Counted four times a second for each tenant, however often it is asked for. */
  backlog(tenant: string): Promise<Backlog> {
    const now = this.clock();
    const known = this.backlogs.get(tenant);
    if (known && now < known.until) return known.counted;
    if (this.backlogs.size >= mostTenants) this.backlogs.clear();
    const counted = this.countBacklog(tenant);
    this.backlogs.set(tenant, { until: now + backlogMs, counted });
    return counted;
  }

  private async countBacklog(tenant: string): Promise<Backlog> {
    const rows = await this.database.rows<Backlog>(
      `select count(*) filter (where tenant = $1) as "ofTenant", count(*) as "ofAll"
       from chatter_cluster.open_executions where status = 'running' and driver is null`,
      [tenant],
    );
    return rows[0]!;
  }

  /** What it drove is an orphan from then on. */
  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    this.heldUntil = null;
    await this.database
      .rows('delete from chatter_cluster.processes where process = $1', [this.process])
      .catch(() => undefined);
  }

  private beat(): void {
    this.timer = setTimeout(() => {
      void this.renew()
        .catch((error: unknown) => this.options.log.error({ err: error }, 'The lease of this process is not renewed'))
        .finally(() => this.closed || this.beat());
    }, this.options.heartbeatMs ?? 2_000).unref();
  }

  /** Counted from before it is asked for, and less a margin: over for itself before it is for the others. */
  private async renew(): Promise<void> {
    const asked = this.clock();
    await this.databases.renewals.rows(
      `insert into chatter_cluster.processes (process, lease_until) values ($1, clock_timestamp() + $2 * interval '1 ms')
       on conflict (process) do update set lease_until = excluded.lease_until`,
      [this.process, this.leaseMs],
    );
    if (this.closed) return;
    if (this.heldUntil !== null && !this.isHeld()) this.lapses += 1;
    this.heldUntil = asked + this.leaseMs - this.leaseMs / 8;
  }
}
