import { randomUUID } from 'node:crypto';
import {
  EventStore,
  StreamGone,
  WrongExpectedRevision,
  type Appended,
  type CaughtUp,
  type ExpectedRevision,
  type NewEvent,
  type Position,
  type ReadAllOptions,
  type ReadStreamOptions,
  type RecordedEvent,
  type SubscribeOptions,
} from '../index.js';

/**
 * An empty store inside one that is not: it begins where that one ends, and its streams bear a mark that nobody else's do. Names
 * go in and come out without it, so that events keep the chain that they were sealed with. Nobody else is to write meanwhile:
 * where the log ends, it ends for all.
 */
export class Room extends EventStore {
  private constructor(
    private readonly house: EventStore,
    private readonly mark: string,
    /** Where it begins; null: the house was empty. */
    private readonly door: Position | null,
  ) {
    super();
  }

  static async in(house: EventStore): Promise<Room> {
    return new Room(house, `@${randomUUID()}`, await house.head());
  }

  /** The same room, in the house as it was opened again. */
  reopenedIn(house: EventStore): Room {
    return new Room(house, this.mark, this.door);
  }

  append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<Appended> {
    return this.asked(stream, () => this.house.append(this.marked(stream), expected, events));
  }

  tombstone(stream: string, expected: bigint): Promise<void> {
    return this.asked(stream, () => this.house.tombstone(this.marked(stream), expected));
  }

  async *readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<RecordedEvent> {
    for await (const event of this.house.readStream(this.marked(stream), options)) yield { ...event, stream };
  }

  async *readAll({ limit = Infinity, ...options }: ReadAllOptions = {}): AsyncIterable<RecordedEvent> {
    let left = limit;
    for await (const event of this.house.readAll(this.inside(options))) {
      if (!this.isMine(event)) continue;
      if (left-- <= 0) return;
      yield this.unmarked(event);
    }
  }

  async *subscribe(options: SubscribeOptions = {}): AsyncIterable<RecordedEvent | CaughtUp> {
    for await (const item of this.house.subscribe(this.inside(options)))
      if (!('stream' in item)) yield item;
      else if (this.isMine(item)) yield this.unmarked(item);
  }

  head(): Promise<Position | null> {
    return this.house.head();
  }

  close(): Promise<void> {
    return this.house.close();
  }

  private inside<O extends { readonly from?: Position }>(options: O): O {
    return this.door === null ? options : { from: this.door, ...options };
  }

  /** A name that no store takes is none here either. */
  private marked(stream: string): string {
    return stream === '' ? '' : stream + this.mark;
  }

  private isMine({ stream }: RecordedEvent): boolean {
    return stream.endsWith(this.mark);
  }

  private unmarked(event: RecordedEvent): RecordedEvent {
    return { ...event, stream: event.stream.slice(0, -this.mark.length) };
  }

  private async asked<T>(stream: string, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof WrongExpectedRevision) throw new WrongExpectedRevision(stream, error.expected, error.actual);
      throw error instanceof StreamGone ? new StreamGone(stream) : error;
    }
  }
}
