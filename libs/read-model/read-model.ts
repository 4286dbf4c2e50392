import type { Position } from '#event-store';
import { ArchivedExecutionQueries } from './archived/archived-executions.queries.js';
import { ApprovalQueries } from './approvals/approvals.queries.js';
import { openReadDatabase, type ReadDatabase, type ReadDatabaseAddress } from './database/read-database.js';
import { DefinitionUsageQueries } from './analytics/definition-usage.queries.js';
import { OverviewQueries } from './analytics/overview.queries.js';
import { ConversationQueries } from './conversations/conversations.queries.js';
import { DefinitionQueries } from './definitions/definitions.queries.js';
import { DocumentQueries } from './documents/documents.queries.js';
import { ExecutionQueries } from './executions/executions.queries.js';
import { PluginQueries } from './plugins/plugins.queries.js';
import { TemplateUsageQueries } from './templates/template-usage.queries.js';
import { TemplateQueries } from './templates/templates.queries.js';
import { TimerQueries } from './timers/timers.queries.js';
import { projections as everyProjection } from './projections.js';
import { digestOf } from './digest.js';
import type { Projection } from './projection.js';
import { startInlineProjector } from './projector/inline-projector.js';
import { whatIsRead, type EventReader } from './projector/lane.js';
import type { LogAddress } from './projector/log-address.js';
import type { ProjectorCounts, ProjectorStatus, RunningProjector } from './projector/projector-status.js';
import { startThreadedProjector } from './projector/threaded-projector.js';

export interface ReadModelOptions {
  readonly reader: EventReader;
  readonly database: ReadDatabaseAddress;
  /** Off the event loop, from compiled code, reading the log there by itself; or `inline`: here. */
  readonly projector: { readonly thread: LogAddress } | 'inline';
  /** Whether this process keeps the tables, where others may. Default true. */
  readonly projects?: boolean;
  /** Ms that the projector rests after waking, to fold more at once; not while a reader waits. Default 30. */
  readonly lingerMs?: number;
  /** Only inline. Default: all of them. */
  readonly projections?: readonly Projection[];
  /** The compiled entry of the thread, where it is not beside this file. */
  readonly threadEntry?: URL;
  /** Hears where the projector stands, whenever something has moved. */
  readonly onStatus?: (status: ProjectorStatus) => void;
}

/** A stream that could not be folded: its row is as it was before this event. */
export interface ParkedStream {
  readonly projection: string;
  readonly stream: string;
  readonly position: Position;
  readonly reason: string;
}

/** How far the tables are behind the log. */
export interface Lag {
  /** Events that are still to be folded; 10,000 stands for as many or more. */
  readonly events: number;
  /** How much of the log they have seen, 0–1. */
  readonly done: number;
  /** Streams that could not be folded: their rows are as they were before. */
  readonly parked: number;
  /** New versions that are being built beside the ones that are read, and how much of the log each has seen, 0–1. */
  readonly rebuilding: readonly { readonly projection: string; readonly done: number }[];
  /** Why nothing moves at present; null: it moves. */
  readonly failing: string | null;
}

export interface ReadModelCounts {
  readonly projector: ProjectorCounts;
  readonly queries: { readonly statements: number };
}

interface Waiter {
  readonly position: Position;
  readonly reached: () => void;
}

const MOST_LAG = 10_000;

/** What is listed, filtered and counted: tables made of the log, by a projector that follows it. */
export class ReadModel {
  readonly executions: ExecutionQueries;
  readonly archived: ArchivedExecutionQueries;
  readonly definitions: DefinitionQueries;
  readonly conversations: ConversationQueries;
  readonly approvals: ApprovalQueries;
  readonly timers: TimerQueries;
  readonly documents: DocumentQueries;
  readonly templates: TemplateQueries;
  readonly plugins: PluginQueries;
  readonly templateUsage: TemplateUsageQueries;
  readonly definitionUsage: DefinitionUsageQueries;
  readonly overview: OverviewQueries;

  private constructor(
    private readonly reader: EventReader,
    private readonly read: readonly Projection[],
    private readonly projector: RunningProjector,
    private readonly database: ReadDatabase,
    private readonly progress: Progress,
  ) {
    this.executions = new ExecutionQueries(database);
    this.archived = new ArchivedExecutionQueries(database);
    this.definitions = new DefinitionQueries(database);
    this.conversations = new ConversationQueries(database);
    this.approvals = new ApprovalQueries(database);
    this.timers = new TimerQueries(database);
    this.documents = new DocumentQueries(database);
    this.templates = new TemplateQueries(database);
    this.plugins = new PluginQueries(database);
    this.templateUsage = new TemplateUsageQueries(database);
    this.definitionUsage = new DefinitionUsageQueries(database);
    this.overview = new OverviewQueries(database);
  }

  /** Makes or updates the tables, starts the projector, and does not wait for it to catch up. */
  static async open(options: ReadModelOptions): Promise<ReadModel> {
    const {
      reader,
      database: address,
      projects = true,
      lingerMs,
      projections = everyProjection,
      threadEntry: entry,
      onStatus = () => undefined,
    } = options;
    const progress = new Progress();
    const onProgress = (status: ProjectorStatus) => {
      progress.reach(status.position);
      onStatus(status);
    };
    const projector =
      options.projector === 'inline'
        ? await startInlineProjector({ database: address, reader, projections, projects, lingerMs, onProgress })
        : await startThreadedProjector({
            database: address,
            log: options.projector.thread,
            projects,
            lingerMs,
            entry,
            onProgress,
          });
    try {
      const database = await openReadDatabase(address, 'read');
      return new ReadModel(reader, projections, projector, database, progress);
    } catch (error) {
      await projector.close();
      throw error;
    }
  }

  /** To be called after each commit. Cheap: however often, it is one message at a time. */
  wake(): void {
    this.projector.wake();
  }

  /** True once every table has seen this position; false when that takes longer than `ms`. */
  async waitFor(position: Position, ms: number): Promise<boolean> {
    if (this.progress.has(position)) return true;
    const reached = this.progress.wait(position, ms);
    this.projector.hurry();
    return reached;
  }

  /** What every table has seen; null: nothing yet. */
  position(): Position | null {
    return this.progress.position === '' ? null : this.progress.position;
  }

  async lag(): Promise<Lag> {
    const { parked, rebuilding, failing } = this.projector.status();
    const from = this.position();
    const options = { ...whatIsRead(this.read), limit: MOST_LAG };
    let events = 0;
    for await (const _ of this.reader.readAll(from === null ? options : { ...options, from })) events += 1;
    const head = await this.reader.head();
    return {
      events,
      done: partOf(from ?? '', head),
      parked,
      rebuilding: rebuilding.map(({ projection, position }) => ({ projection, done: partOf(position, head) })),
      failing,
    };
  }

  /** The first of those that could not be folded, and why. */
  parked(limit = 20): Promise<readonly ParkedStream[]> {
    return this.database.sql
      .selectFrom('parked')
      .select(['projection', 'stream', 'position', 'reason'])
      .orderBy('position')
      .limit(limit)
      .execute();
  }

  /** SHA-256 over every row: the same for the same log, on every database. */
  digest(): Promise<string> {
    return digestOf(this.database, this.read);
  }

  /** Work done since the start. */
  counts(): ReadModelCounts {
    return { projector: this.projector.status().counts, queries: { statements: this.database.statements() } };
  }

  /** Ends after the batch that is being written. Who still waits is told that it was not reached. */
  async close(): Promise<void> {
    await this.projector.close();
    this.progress.giveUp();
    await this.database.close();
  }
}

/** How much of the log lies before a position, to the tenth of a per mille. Positions grow as the log does; some stand for bytes. */
const partOf = (position: string, head: Position | null): number =>
  head === null || position >= head ? 1 : Number((BigInt(position) * 10_000n) / BigInt(head)) / 10_000;

/** How far the tables are, and who waits for them to get further. It never goes back. */
class Progress {
  position: Position = '';
  private readonly waiters = new Map<Waiter, () => void>();

  has(position: Position): boolean {
    return position <= this.position;
  }

  reach(position: Position): void {
    if (position > this.position) this.position = position;
    for (const waiter of this.waiters.keys()) if (this.has(waiter.position)) waiter.reached();
  }

  wait(position: Position, ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (reached: boolean) => {
        clearTimeout(timer);
        this.waiters.delete(waiter);
        resolve(reached);
      };
      const waiter: Waiter = { position, reached: () => end(true) };
      const timer = setTimeout(() => end(false), ms);
      this.waiters.set(waiter, () => end(false));
    });
  }

  giveUp(): void {
    for (const end of [...this.waiters.values()]) end();
  }
}
