import { randomUUID } from 'node:crypto';

import { type Direction, type EventLog, type LoggedEvent, TOMBSTONE } from './log.js';
import {
  isMetastream,
  metadataOf,
  metastreamOf,
  none,
  softDelete,
  type StreamMetadata,
  streamOf,
  undeleted,
} from './stream-metadata.js';

export type Expected = 'any' | 'no_stream' | 'stream_exists' | bigint;

export interface Proposed {
  readonly id: string;
  readonly type: string;
  readonly json: boolean;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

/** `current` is -1 where there is no stream; `position` is that of the last event written. */
export type Outcome =
  { type: 'written'; revision: bigint; position: bigint } | { type: 'conflict'; current: bigint } | { type: 'deleted' };

/** `next`: where the page after this one begins, absent at the end. */
export type StreamPage =
  { type: 'events'; events: LoggedEvent[]; next?: bigint } | { type: 'not_found' } | { type: 'deleted' };

/** What one event takes of the server's limit on an append. */
export const sizeOf = ({ type, data, metadata }: Proposed): number => data.length + metadata.length + 2 * type.length;

/** The rules of the streams over a log: expected revisions, repeated appends, deletes, truncation. */
export class StreamDatabase {
  private readonly waiting = new Set<() => void>();
  private next: bigint;

  readonly log: EventLog;

  constructor(log: EventLog) {
    this.log = log;
    const [last] = log.readAll(log.end() < 0n ? 0n : log.end(), 1, 'forwards');
    this.next = last ? last.position + lengthOf(last.stream, last) : 0n;
  }

  append(stream: string, expected: Expected, events: readonly Proposed[]): Outcome {
    const check = this.check(
      stream,
      expected,
      events.map(({ id }) => id),
    );
    if (check.type !== 'ok') return check;
    const hidden = isMetastream(stream) && this.metadata(streamOf(stream)).softDeleted;
    const written = this.write(stream, check.current, events);
    if (check.softDeleted) this.recreate(stream, check.current + 1n);
    if (hidden) this.recreate(streamOf(stream), this.revision(streamOf(stream)) + 1n);
    return written;
  }

  /** Hides what is there. A stream that was never there, and has no metadata, cannot be deleted. */
  delete(stream: string, expected: Expected): Outcome {
    const id = randomUUID();
    const check = this.check(stream, expected, [id]);
    if (check.type !== 'ok') return check;
    const metastream = metastreamOf(stream);
    const current = this.revision(metastream);
    if (check.current < 0n && current < 0n) return { type: 'conflict', current: -1n };
    return this.write(metastream, current, [systemEvent('$metadata', softDelete, id)]);
  }

  /** Closes the stream for good, also one that never was. */
  tombstone(stream: string, expected: Expected): Outcome {
    const id = randomUUID();
    const check = this.check(stream, expected, [id]);
    if (check.type !== 'ok') return check;
    return this.write(stream, TOMBSTONE - 1n, [systemEvent('$streamDeleted', new Uint8Array(), id)]);
  }

  /** One page, with what truncation and deletes hide left out. Backwards, `from` beyond the end is the end. */
  readStream(stream: string, from: bigint, count: number, direction: Direction): StreamPage {
    if (this.isTombstoned(stream)) return { type: 'deleted' };
    const last = this.log.last(stream);
    const metadata = this.metadata(stream);
    if (!last || metadata.softDeleted) return { type: 'not_found' };
    const first = firstVisible(last.revision, metadata);
    const begin = direction === 'forwards' ? later(from, first) : earlier(from, last.revision);
    const page = this.log.readStream(stream, begin, count, direction);
    const oldest = metadata.maxAgeSeconds === undefined ? 0 : Date.now() - metadata.maxAgeSeconds * 1000;
    const events = page.filter(({ revision, createdAt }) => revision >= first && createdAt >= oldest);
    const next = page.length === count && page.at(-1)!.revision + (direction === 'forwards' ? 1n : -1n);
    return { type: 'events', events, ...(typeof next === 'bigint' && next >= first && { next }) };
  }

  metadata(stream: string): StreamMetadata {
    const event = this.log.last(metastreamOf(stream));
    return event ? metadataOf(event.data) : none;
  }

  isTombstoned(stream: string): boolean {
    return (
      this.revision(stream) === TOMBSTONE || (isMetastream(stream) && this.revision(streamOf(stream)) === TOMBSTONE)
    );
  }

  /** The revision of the stream's last event, -1 without one. */
  revision(stream: string): bigint {
    return this.log.last(stream)?.revision ?? -1n;
  }

  /** Called once after the next write. Returns how to no longer wait. */
  afterWrite(then: () => void): () => void {
    this.waiting.add(then);
    return () => void this.waiting.delete(then);
  }

  /** Writes without a check, for what the server itself notes in its log. */
  note(stream: string, type: string, data: object): void {
    this.write(stream, this.revision(stream), [systemEvent(type, Buffer.from(JSON.stringify(data)))]);
  }

  /**
   * Whether a write may be made.
   *
   * 1. A stream with a tombstone takes nothing.
   * 2. `stream_exists`: a soft-deleted stream counts as deleted; metadata alone counts as a stream.
   * 3. `any` and `stream_exists`: all ids known in this stream is a repetition, the first known and a later one not is
   *    a conflict.
   * 4. An older revision: the same ids at the same revisions are a repetition; else a conflict, but `no_stream` opens a
   *    soft-deleted stream again.
   * 5. A revision that is not there yet is a conflict.
   */
  private check(stream: string, expected: Expected, ids: readonly string[]): Check {
    if (this.isTombstoned(stream)) return { type: 'deleted' }; // rule 1
    const current = this.revision(stream);
    const { softDeleted } = this.metadata(stream);
    const conflict = { type: 'conflict', current } as const;

    if (expected === 'any' || expected === 'stream_exists') {
      if (expected === 'stream_exists') {
        if (softDeleted) return { type: 'deleted' };
        if (current < 0n && this.revision(metastreamOf(stream)) < 0n) return conflict; // rule 2
      }
      const known = ids.map((id) => this.log.find(id)).map((event) => (event?.stream === stream ? event : undefined));
      if (!known[0]) return { type: 'ok', current, softDeleted };
      return known.every((event) => event !== undefined) ? repeated(known.at(-1)!) : conflict; // rule 3
    }

    const revision = expected === 'no_stream' ? -1n : expected;
    if (revision > current) return conflict; // rule 5
    if (revision === current) return { type: 'ok', current, softDeleted };
    const there = ids.map((_, index) => this.log.at(stream, revision + BigInt(index) + 1n)); // rule 4
    const different = there.findIndex((event, index) => event?.id !== ids[index]);
    if (different === -1 && there.length > 0) return repeated(there.at(-1)!);
    return different === 0 && expected === 'no_stream' && softDeleted ? { type: 'ok', current, softDeleted } : conflict;
  }

  private write(stream: string, current: bigint, events: readonly Proposed[]): Outcome & { type: 'written' } {
    const createdAt = Date.now();
    let next = this.next;
    const logged = events.map((event, index): LoggedEvent => {
      const position = next;
      next += lengthOf(stream, event);
      return { ...event, position, stream, revision: current + BigInt(index) + 1n, createdAt };
    });
    this.log.append(logged);
    this.next = next;
    for (const then of [...this.waiting]) {
      this.waiting.delete(then);
      then();
    }
    return {
      type: 'written',
      revision: current + BigInt(events.length),
      position: logged.at(-1)?.position ?? this.log.end(),
    };
  }

  /** A stream that is written to again begins where the deleted one ended. */
  private recreate(stream: string, revision: bigint): void {
    const metastream = metastreamOf(stream);
    const data = undeleted(this.log.last(metastream)!.data, revision);
    this.write(metastream, this.revision(metastream), [systemEvent('$metadata', data)]);
  }
}

type Check = { type: 'ok'; current: bigint; softDeleted: boolean } | Outcome;

/** Positions are places in a file there, about this far apart: never one after the other. */
const lengthOf = (stream: string, event: Proposed): bigint => BigInt(90 + 2 * stream.length + sizeOf(event));

const repeated = ({ revision, position }: LoggedEvent): Outcome => ({ type: 'written', revision, position });

const systemEvent = (type: string, data: Uint8Array, id: string = randomUUID()): Proposed => ({
  id,
  type,
  json: type === '$metadata',
  data,
  metadata: new Uint8Array(),
});

const later = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const earlier = (a: bigint, b: bigint): bigint => (a < b ? a : b);

const firstVisible = (last: bigint, { truncateBefore = 0n, maxCount }: StreamMetadata): bigint => {
  const kept = maxCount === undefined ? 0n : last - maxCount + 1n;
  return later(kept, truncateBefore);
};
