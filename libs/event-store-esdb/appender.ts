import {
  AccessDeniedError,
  MaxAppendSizeExceededError,
  StreamDeletedError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import {
  StoreUnavailable,
  StreamGone,
  PayloadTooLarge,
  WrongExpectedRevision,
  type Appended,
  type ExpectedRevision,
  type NewEvent,
  type OpenChange,
  type Position,
  type RecordedEvent,
} from '#event-store';
import type { Connection } from './connection.js';
import { asEventData, asPosition } from './records.js';

type ReadFrom = (stream: string, from: bigint, limit: number) => AsyncIterable<RecordedEvent>;

/** An append is tried so often where its outcome was unknown, and it turned out that it had not taken place. */
const tries = 3;

/**
 * Appends, each exactly once.
 *
 * 1. Always with the exact revision that is expected, so that the server knows a repeated append by its events' ids.
 * 2. After an unknown outcome the stream is read: it happened if and only if the events there have my ids and my hashes.
 *    If not, it is made again with the same ids. If the stream cannot be read, the outcome stays unknown.
 * 3. A revision that is not as expected is a conflict only when the events there are not mine.
 */
export class Appender {
  constructor(
    private readonly connection: Connection,
    private readonly read: ReadFrom,
  ) {}

  async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
    open: OpenChange | undefined,
  ): Promise<Appended> {
    const first = expected === 'no_stream' ? 0n : expected + 1n;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.once(stream, expected, events, open);
      } catch (error) {
        const isConflict = error instanceof WrongExpectedVersionError;
        if (error instanceof StreamDeletedError) throw new StreamGone(stream);
        if (error instanceof MaxAppendSizeExceededError)
          throw new PayloadTooLarge(sizeOf(events, open), error.maxAppendSize);
        if (error instanceof AccessDeniedError) throw error;
        const mine = isConflict && attempt === 1 ? null : await this.happened(stream, first, events); // rules 2 and 3
        if (mine) return mine;
        if (isConflict) throw new WrongExpectedRevision(stream, expected, currentIn(error));
        if (attempt === tries || !(error instanceof StoreUnavailable)) throw error;
      }
    }
  }

  /** Repeated by nobody: after an unknown outcome, another try says that it is gone. */
  async tombstone(stream: string, expected: bigint): Promise<void> {
    try {
      await this.connection.ask('append', (client) => client.tombstoneStream(stream, { expectedRevision: expected }));
    } catch (error) {
      if (error instanceof StreamDeletedError) throw new StreamGone(stream);
      if (error instanceof WrongExpectedVersionError)
        throw new WrongExpectedRevision(stream, expected, currentIn(error));
      throw error;
    }
  }

  private async once(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
    open: OpenChange | undefined,
  ): Promise<Appended> {
    const last = events.length - 1;
    const data = events.map((event, at) => asEventData(event, at === last ? open : undefined));
    const { nextExpectedRevision: revision, position } = await this.connection.ask('append', (client) =>
      client.appendToStream(stream, data, { expectedRevision: expected }),
    );
    return { revision, position: position ? asPosition(position) : await this.positionOf(stream, revision) };
  }

  /** Servers before 21 do not tell it. */
  private async positionOf(stream: string, revision: bigint): Promise<Position> {
    for await (const { position } of this.read(stream, revision, 1)) return position;
    throw new StoreUnavailable('EventStoreDB does not give back what it has just taken.');
  }

  private async happened(stream: string, first: bigint, events: readonly NewEvent[]): Promise<Appended | null> {
    const found: RecordedEvent[] = [];
    for await (const event of this.read(stream, first, events.length)) found.push(event);
    const isMine = (event: NewEvent, at: number): boolean =>
      found[at]?.id === event.id && found[at].envelope.hash === event.envelope.hash;
    if (!events.every(isMine)) return null;
    const { revision, position } = found.at(-1)!;
    return { revision, position };
  }
}

/** As the server counts it. */
const sizeOf = (events: readonly NewEvent[], open: OpenChange | undefined): number => {
  const last = events.length - 1;
  return events.reduce((sum, event, at) => {
    const { type, data, metadata } = asEventData(event, at === last ? open : undefined);
    return sum + 2 * type.length + (data as Uint8Array).length + Buffer.byteLength(JSON.stringify(metadata));
  }, 0);
};

const currentIn = ({ actualVersion }: WrongExpectedVersionError): bigint | null =>
  typeof actualVersion === 'bigint' && actualVersion >= 0n ? actualVersion : null;
