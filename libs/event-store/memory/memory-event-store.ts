import { hash } from 'node:crypto';
import { PayloadTooLarge, StoreClosed, StreamGone, WrongExpectedRevision } from '../errors.js';
import {
  EventStore,
  OwnOpenExecutions,
  type Appended,
  type CaughtUp,
  type ExpectedRevision,
  type OpenChange,
  type OpenExecution,
  type Position,
  type ReadAllOptions,
  type ReadStreamOptions,
  type SubscribeOptions,
} from '../event-store.js';
import { PayloadStore, maxPayloadBytes, type IdlePage, type PayloadAddress } from '../payload-store.js';
import type { NewEvent, RecordedEvent } from '../recorded-event.js';
import { categoryOf } from '../stream-name.js';
import { mustBeAppendable } from '../appendable.js';

/** The port in memory: for tests, and for what need not outlive the process. */
export class MemoryEventStore extends EventStore {
  readonly openExecutions: OwnOpenExecutions;
  readonly payloads: PayloadStore = new MemoryPayloads();
  /** At its position less one; null: it was of a stream that is gone. */
  private readonly log: (RecordedEvent | null)[] = [];
  private readonly streams = new Map<string, RecordedEvent[]>();
  private readonly gone = new Set<string>();
  private readonly open = new Map<string, OpenExecution>();
  private readonly waiting = new Set<() => void>();
  private closed = false;

  constructor() {
    super();
    this.openExecutions = new MemoryOpenExecutions(this.open);
  }

  async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
    open?: OpenChange,
  ): Promise<Appended> {
    this.mustBeOpen();
    mustBeAppendable(stream, events);
    const last = this.mustBeAt(stream, expected);
    const known = this.streams.get(stream) ?? [];
    const recorded = events.map((event, at) => ({
      ...event,
      stream,
      revision: last + 1n + BigInt(at),
      position: asPosition(this.log.length + at + 1),
    }));
    this.log.push(...recorded);
    this.streams.set(stream, known);
    known.push(...recorded);
    if (open === 'closed') this.open.delete(stream);
    else if (open) this.open.set(stream, open.row);
    for (const wake of this.waiting) wake();
    return { revision: last + BigInt(events.length), position: recorded.at(-1)!.position };
  }

  async tombstone(stream: string, expected: bigint): Promise<void> {
    this.mustBeOpen();
    this.mustBeAt(stream, expected);
    for (const { position } of this.streams.get(stream)!) this.log[Number(position) - 1] = null;
    this.streams.delete(stream);
    this.open.delete(stream);
    this.gone.add(stream);
  }

  async *readStream(
    stream: string,
    { from, direction = 'forwards', limit = Infinity }: ReadStreamOptions = {},
  ): AsyncIterable<RecordedEvent> {
    this.mustBeOpen();
    const events = this.streams.get(stream) ?? [];
    const forwards = direction === 'forwards';
    const wanted = events.filter(
      ({ revision }) => from === undefined || (forwards ? revision >= from : revision <= from),
    );
    yield* (forwards ? wanted : wanted.toReversed()).slice(0, limit);
  }

  async *readAll({ from, limit = Infinity, categories, types }: ReadAllOptions = {}): AsyncIterable<RecordedEvent> {
    this.mustBeOpen();
    let left = limit;
    for (let at = from === undefined ? 0 : Number(from); at < this.log.length && left > 0; at += 1) {
      const event = this.log[at];
      if (!event || !isWanted(event, categories, types)) continue;
      left -= 1;
      yield event;
    }
  }

  async *subscribe({ from, categories, types, signal }: SubscribeOptions = {}): AsyncIterable<
    RecordedEvent | CaughtUp
  > {
    this.mustBeOpen();
    let at = from === undefined ? 0 : Number(from);
    while (!this.closed && !signal?.aborted) {
      for (; at < this.log.length; at += 1) {
        if (this.closed || signal?.aborted) return;
        const event = this.log[at];
        if (event && isWanted(event, categories, types)) yield event;
      }
      yield { type: 'caught_up', position: asPosition(at) };
      await this.more(at, signal);
    }
  }

  async head(): Promise<Position | null> {
    this.mustBeOpen();
    return this.log.length === 0 ? null : asPosition(this.log.length);
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const wake of this.waiting) wake();
  }

  /** Its last revision; −1: it does not exist. */
  private mustBeAt(stream: string, expected: ExpectedRevision): bigint {
    if (this.gone.has(stream)) throw new StreamGone(stream);
    const last = BigInt(this.streams.get(stream)?.length ?? 0) - 1n;
    if ((expected === 'no_stream' ? -1n : expected) !== last || expected === -1n)
      throw new WrongExpectedRevision(stream, expected, last < 0n ? null : last);
    return last;
  }

  private more(seen: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.waiting.delete(wake);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      this.waiting.add(wake);
      signal?.addEventListener('abort', wake);
      if (this.log.length > seen || this.closed || signal?.aborted) wake();
    });
  }

  private mustBeOpen(): void {
    if (this.closed) throw new StoreClosed();
  }
}

const asPosition = (number: number): Position => String(number).padStart(16, '0');

const isWanted = (event: RecordedEvent, categories?: readonly string[], types?: readonly string[]): boolean =>
  (!categories || categories.includes(categoryOf(event.stream))) && (!types || types.includes(event.type));

class MemoryOpenExecutions extends OwnOpenExecutions {
  constructor(private readonly rows: Map<string, OpenExecution>) {
    super();
  }

  async list({ after, limit }: { readonly after?: string; readonly limit: number }): Promise<readonly OpenExecution[]> {
    const inOrder = [...this.rows.values()].sort((left, right) => (left.stream < right.stream ? -1 : 1));
    return inOrder.filter(({ stream }) => after === undefined || stream > after).slice(0, limit);
  }

  async due(at: number, limit: number): Promise<readonly OpenExecution[]> {
    return this.timed()
      .filter(({ dueAt }) => dueAt! <= at)
      .slice(0, limit);
  }

  async nextDue(): Promise<number | null> {
    return this.timed()[0]?.dueAt ?? null;
  }

  async put(row: OpenExecution): Promise<void> {
    this.rows.set(row.stream, row);
  }

  private timed(): OpenExecution[] {
    return [...this.rows.values()]
      .filter(({ dueAt }) => dueAt !== null)
      .sort((left, right) => left.dueAt! - right.dueAt!);
  }
}

class MemoryPayloads extends PayloadStore {
  private readonly values = new Map<string, PayloadAddress & { readonly bytes: Uint8Array; readonly putAt: number }>();

  async put(tenant: string, bytes: Uint8Array): Promise<{ sha256: string; size: number }> {
    if (bytes.length > maxPayloadBytes) throw new PayloadTooLarge(bytes.length, maxPayloadBytes);
    const kept = new Uint8Array(bytes);
    const sha256 = hash('sha256', kept, 'hex');
    this.values.set(keyOf({ tenant, sha256 }), { tenant, sha256, bytes: kept, putAt: performance.now() });
    return { sha256, size: bytes.length };
  }

  async get(tenant: string, sha256: string): Promise<Uint8Array | null> {
    return this.values.get(keyOf({ tenant, sha256 }))?.bytes ?? null;
  }

  async idle({ idleMs, after, limit }: IdlePage): Promise<readonly PayloadAddress[]> {
    const behind = after ? keyOf(after) : '';
    return [...this.values]
      .filter(([key, { putAt }]) => key > behind && putAt <= performance.now() - idleMs)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .slice(0, limit)
      .map(([, { tenant, sha256 }]) => ({ tenant, sha256 }));
  }

  async remove(address: PayloadAddress, idleMs: number): Promise<number | null> {
    const value = this.values.get(keyOf(address));
    if (!value || value.putAt > performance.now() - idleMs) return null;
    this.values.delete(keyOf(address));
    return value.bytes.length;
  }
}

const keyOf = ({ tenant, sha256 }: PayloadAddress): string => `${tenant}/${sha256}`;
