import {
  decide,
  decideRefused,
  eventSchemas,
  type CommandOf,
  type ExecutionCommand,
  type ExecutionEvent,
} from '#engine';
import { externalize, PayloadTooLarge, schemaOf, seal, WrongExpectedRevision } from '#event-store';
import type { Actor, EventStore, Leases, NewEvent, OpenChange, PayloadStore, RecordedEvent } from '#event-store';
import type { JsonObject, NodeResult } from '#plugin-sdk';
import { eventId } from './event-ids.js';
import { DrivenElsewhere, type ExecutionContext, type PendingEvent } from './execution-context.js';
import { fold } from './reading/history.js';
import { driverIn, openChange } from './open-row.js';

export interface TrackerParts {
  readonly store: EventStore;
  readonly payloads: PayloadStore;
  readonly leases: Pick<Leases, 'process' | 'drives'>;
  readonly now: () => number;
  readonly chance: () => number;
  /** Hears of each append once it is durable. */
  readonly onDurable: (context: ExecutionContext, events: readonly RecordedEvent[]) => void;
  /** Hears of an execution that was read again, with what others have added to it. */
  readonly onTakenIn: (context: ExecutionContext) => void;
  /** Hears of an execution of which nothing more can be written from here: what is in memory is not what is in the log. */
  readonly onLost: (context: ExecutionContext) => void;
  readonly rest: (ms: number) => Promise<void>;
}

/** What became of an attempt that failed. */
export type Failed = Pick<CommandOf<'FailStep'>, 'failure' | 'uncertain' | 'metrics'>;

/** Without the tracker's own members: `at` and `chance` are its to give. */
type Wish<T extends ExecutionCommand['type']> = Omit<CommandOf<T>, 'at' | 'chance' | 'type'>;

const engine: Actor = { sub: 'engine', via: 'engine' };

/**
 * What happened → facts in the log.
 *
 * 1. A command is decided at once, in memory; its facts are pending until they are durable.
 * 2. One append is under way at a time, with all that was pending when it began and the exact revision expected.
 *    What is decided meanwhile rides in the next.
 * 3. `checkpoint` resolves when everything recorded so far is durable: nothing leaves the process before.
 * 4. An event's id is drawn once. After an unknown outcome the stream is read: it happened if and only if the event at
 *    that revision has this id and this hash; then the append is a success, else it is made again.
 * 5. When another writer was first, the history is folded anew and the pending commands are decided again. When that
 *    writer is another driver, this process stops driving the execution.
 * 6. Who does not drive an execution may add to it all the same: the driver hears of it, and takes it in.
 */
export class WorkflowTracker {
  constructor(private readonly parts: TrackerParts) {}

  start(context: ExecutionContext, wish: Wish<'Accept'>, by: Actor): void {
    this.tell(context, { type: 'Accept', ...wish, at: this.at() }, by);
  }

  refuse(context: ExecutionContext, wish: Wish<'Refuse'>, by: Actor): void {
    this.tell(context, { type: 'Refuse', ...wish, at: this.at() }, by);
  }

  begin(context: ExecutionContext, wish: Wish<'StartStep'>): boolean {
    return this.tell(context, { type: 'StartStep', ...wish, at: this.at() }).length > 0;
  }

  complete(context: ExecutionContext, path: string, attempt: number, result: NodeResult, config?: JsonObject): void {
    const resolved = config === undefined ? {} : { config };
    this.tell(context, { type: 'CompleteStep', path, attempt, result, ...resolved, at: this.at() });
  }

  fail(context: ExecutionContext, path: string, attempt: number, failed: Failed): void {
    const chance = this.parts.chance();
    this.tell(context, { type: 'FailStep', path, attempt, ...failed, chance, at: this.at() });
  }

  takeOver(context: ExecutionContext): void {
    const { process } = this.parts.leases;
    this.tell(context, { type: 'TakeOver', process, chance: this.parts.chance(), at: this.at() });
  }

  fireTimer(context: ExecutionContext, path: string): void {
    this.tell(context, { type: 'FireTimer', path, at: this.at() }, { sub: 'timer', via: 'timer' });
  }

  timeOut(context: ExecutionContext): void {
    this.tell(context, { type: 'TimeOut', at: this.at() }, { sub: 'timer', via: 'timer' });
  }

  cancel(context: ExecutionContext, wish: Wish<'Cancel'>, by: Actor): void {
    this.tell(context, { type: 'Cancel', ...wish, at: this.at() }, by);
  }

  resolve(context: ExecutionContext, wish: Wish<'ResolveUncertainty'>, by: Actor): void {
    this.tell(context, { type: 'ResolveUncertainty', ...wish, at: this.at() }, by);
  }

  signal(context: ExecutionContext, wish: Wish<'Signal'>, by: Actor): void {
    this.tell(context, { type: 'Signal', ...wish, at: this.at() }, by);
  }

  decideApproval(context: ExecutionContext, wish: Wish<'DecideApproval'>, by: Actor): void {
    this.tell(context, { type: 'DecideApproval', ...wish, at: this.at() }, by);
  }

  endChild(context: ExecutionContext, wish: Wish<'EndChild'>): void {
    this.tell(context, { type: 'EndChild', ...wish, at: this.at() });
  }

  /** Rule 1. */
  private tell(context: ExecutionContext, command: ExecutionCommand, actor: Actor = engine): readonly ExecutionEvent[] {
    if (context.lost) throw context.lost;
    const events =
      command.type === 'Refuse'
        ? decideRefused(context.state, command)
        : decide(context.state, command, context.graph!);
    if (events.length === 0) return events;
    context.commands.push({ command, actor });
    for (const event of events) context.pending.push({ id: eventId(), at: command.at, actor, event });
    return events;
  }

  /** Rule 3. Rejects only for an execution of which nothing is durable yet, or that this process no longer drives. */
  async checkpoint(context: ExecutionContext): Promise<void> {
    while (context.pending.length > 0 || context.appending) {
      await (context.appending ?? this.append(context));
      if (context.lost) throw context.lost;
    }
  }

  /** Rule 2: makes durable what is pending, as soon as the append under way is done. Failures are met by whoever checkpoints. */
  flush(context: ExecutionContext): void {
    if (context.pending.length > 0 && !context.appending) this.append(context).catch(() => undefined);
  }

  /** Rule 6: takes in what another process has added. An append that is under way meets it by itself; one that waits does not suffer from a log that cannot be read. */
  async catchUp(context: ExecutionContext): Promise<void> {
    if (context.appending) return;
    const reading = this.decideAgain(context, []);
    await this.appendAlone(context, () => reading.catch(() => undefined));
    await reading;
  }

  private append(context: ExecutionContext): Promise<void> {
    return this.appendAlone(context, () => this.appendPending(context));
  }

  private appendAlone(context: ExecutionContext, work: () => Promise<void>): Promise<void> {
    const appending = work().finally(() => {
      context.appending = null;
      if (!context.lost) this.flush(context);
      else if (context.head.revision >= 0n) this.parts.onLost(context);
    });
    context.appending = appending;
    return appending;
  }

  private async appendPending(context: ExecutionContext): Promise<void> {
    const batch = context.pending;
    const commands = context.commands;
    context.pending = [];
    context.commands = [];
    context.writing = true;
    const large: Uint8Array[] = [];
    const sealed = sealAll(context, batch, large);
    const open = openChange(context, this.parts.leases.process);
    const expected = context.head.revision;
    try {
      const recorded = await this.appendUntilKnown(context, expected, { events: sealed, large, open });
      context.head = { revision: recorded.at(-1)!.revision, hash: recorded.at(-1)!.envelope.hash };
      context.position = recorded.at(-1)!.position;
      context.openRow = open === undefined ? context.openRow : open === 'closed' ? null : open.row;
      for (const { event } of batch) if (event.type === 'DriverTaken') context.epoch = event.data.epoch;
      context.writing = false;
      this.parts.onDurable(context, recorded);
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision) || expected < 0n) throw (context.lost = error as Error);
      await this.decideAgain(context, commands).catch((unread: unknown) => {
        throw (context.lost ??= unread as Error); // what was decided is not written, and cannot be decided again
      });
    }
  }

  /** Rule 4. Nothing durable yet: the caller is told at once. Later: the store is asked until it answers. */
  private async appendUntilKnown(
    context: ExecutionContext,
    before: bigint,
    { events, large, open }: Batch,
  ): Promise<readonly RecordedEvent[]> {
    for (let restMs = 50; ; restMs = Math.min(restMs * 2, 2_000)) {
      try {
        if (large.length > 0) await Promise.all(large.map((bytes) => this.parts.payloads.put(context.tenant, bytes)));
        const { position } = await this.parts.store.append(
          context.stream,
          before < 0n ? 'no_stream' : before,
          events,
          open,
        );
        return events.map((event, at) => recordedAs(context, event, before + 1n + BigInt(at), position));
      } catch (error) {
        const mine = await this.happened(context, before, events).catch(() => null);
        if (mine) return mine;
        if (isFinal(error) || before < 0n || context.lost) throw error;
        await this.parts.rest(restMs);
      }
    }
  }

  private async happened(
    context: ExecutionContext,
    before: bigint,
    events: readonly NewEvent[],
  ): Promise<readonly RecordedEvent[] | null> {
    const found: RecordedEvent[] = [];
    const range = { from: before + 1n, limit: events.length };
    for await (const event of this.parts.store.readStream(context.stream, range)) found.push(event);
    const same = (event: NewEvent, at: number) =>
      found[at]?.id === event.id && found[at]?.envelope.hash === event.envelope.hash;
    return events.every(same) ? found : null;
  }

  /** Rule 5: what could not be written, and what was decided since, also while the history was read. */
  private async decideAgain(context: ExecutionContext, unwritten: ExecutionContext['commands']): Promise<void> {
    const folded = await fold(this.parts.store, this.parts.payloads, context.executionId);
    if (!folded || (context.driven && folded.state.epoch > context.epoch)) {
      throw (context.lost = new DrivenElsewhere(context.executionId));
    }
    context.state = folded.state;
    context.epoch = folded.state.epoch;
    context.driver = driverIn(folded.state);
    context.head = { revision: folded.last.revision, hash: folded.last.envelope.hash };
    context.position = folded.last.position;
    context.writing = false;
    const commands = [...unwritten, ...context.commands];
    context.pending = [];
    context.commands = [];
    try {
      for (const { command, actor } of commands) this.tell(context, command, actor);
    } catch (error) {
      throw (context.lost = error as Error); // of what was decided, only a part is: none of it is written from here
    }
    this.parts.onTakenIn(context);
  }

  private at(): string {
    return new Date(this.parts.now()).toISOString();
  }
}

/** It will not be otherwise, however often it is tried. */
const isFinal = (error: unknown): boolean => error instanceof WrongExpectedRevision || error instanceof PayloadTooLarge;

interface Batch {
  readonly events: readonly NewEvent[];
  /** Values too large for an event; durable before the append that refers to them. */
  readonly large: readonly Uint8Array[];
  readonly open: OpenChange | undefined;
}

function sealAll(context: ExecutionContext, batch: readonly PendingEvent[], large: Uint8Array[]): NewEvent[] {
  let { revision, hash } = context.head;
  return batch.map((pending) => {
    revision += 1n;
    const sealed = sealOne(context, pending, { revision, prev: hash }, large);
    hash = sealed.envelope.hash;
    context.state.bytes += sealed.data.length;
    return sealed;
  });
}

function sealOne(
  context: ExecutionContext,
  { id, at, actor, event }: PendingEvent,
  place: { readonly revision: bigint; readonly prev: string },
  large: Uint8Array[],
): NewEvent {
  const { stream, tenant, executionId: causationId, correlationId } = context;
  const { type } = event;
  const schema = schemaOf(type, eventSchemas);
  const facts = { ...place, stream, id, type, schema, tenant, at, actor, causationId, correlationId };
  const { data, payloads } = externalize(event.data as unknown as JsonObject);
  large.push(...payloads.map(({ bytes }) => bytes));
  return seal({ ...facts, data });
}

/** As those hear of it who watch. They are told where the append ended: the place of each event is known to who reads it. */
const recordedAs = (context: ExecutionContext, event: NewEvent, revision: bigint, position: string): RecordedEvent => ({
  ...event,
  stream: context.stream,
  revision,
  position,
});
