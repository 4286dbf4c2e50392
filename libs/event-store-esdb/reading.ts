import {
  eventTypeFilter,
  excludeSystemEvents,
  StreamDeletedError,
  StreamNotFoundError,
  streamNameFilter,
  type Filter,
} from '@eventstore/db-client';
import {
  categoryOf,
  type Position,
  type ReadAllOptions,
  type ReadStreamOptions,
  type RecordedEvent,
} from '#event-store';
import type { Connection } from './connection.js';
import { feed, type Told } from './feed.js';
import { asPosition, asRecorded, ofPosition, type Stored } from './records.js';
import { untilSilent } from './until-silent.js';

/** Events of one page: memory is bounded, whatever is asked for. */
const page = 500;
/** Events that the server looks through before it says how far it is. */
const searchWindow = 1_000;

type Wanted = Pick<ReadAllOptions, 'categories' | 'types'>;

/** Reads, page by page. */
export class Reading {
  constructor(private readonly connection: Connection) {}

  /** A stream that is not there, or that has been tombstoned, has no events. */
  async *stream(
    stream: string,
    { from, direction = 'forwards', limit = Infinity }: ReadStreamOptions,
  ): AsyncIterable<RecordedEvent> {
    const step = direction === 'forwards' ? 1n : -1n;
    let next: bigint | 'start' | 'end' = from ?? (direction === 'forwards' ? 'start' : 'end');
    for (let left = limit; left > 0;) {
      const maxCount = Math.min(page, left);
      const events = await this.page(stream, next, direction, maxCount);
      yield* events;
      left -= events.length;
      next = (events.at(-1)?.revision ?? 0n) + step;
      if (events.length < maxCount || next < 0n) return;
    }
  }

  private async page(
    stream: string,
    fromRevision: bigint | 'start' | 'end',
    direction: 'forwards' | 'backwards',
    maxCount: number,
  ): Promise<RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    try {
      const answers = this.connection.stream((client) =>
        client.readStream(stream, { fromRevision, direction, maxCount }),
      );
      for await (const { event } of untilSilent(answers))
        if (event) events.push(asRecorded(event as unknown as Stored));
    } catch (error) {
      const isNotThere = error instanceof StreamNotFoundError || error instanceof StreamDeletedError;
      if (!isNotThere) throw this.connection.understood(error);
    }
    this.connection.answered();
    return events;
  }

  /** Of the last event that there is, of whatever kind; null: of none. */
  async head(): Promise<Position | null> {
    return this.connection.ask('answer', async (client) => {
      for await (const { event } of client.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 1 }))
        if (event) return asPosition(event.position);
      return null;
    });
  }

  /**
   * Everything up to the head, as the server filters it. There is no filter on a plain reading of the whole log, so this is
   * a subscription that is left when it has caught up.
   */
  async *all({ from, limit = Infinity, ...wanted }: ReadAllOptions): AsyncIterable<RecordedEvent> {
    const head = await this.head();
    if (head === null || limit <= 0 || (from !== undefined && from >= head)) return;
    const left = new AbortController();
    let count = 0;
    try {
      for await (const told of untilSilent(this.follow(from, wanted, left.signal))) {
        if (told.type === 'caught_up' || told.position > head) return;
        if (told.type === 'event' && isWanted(told.event, wanted)) {
          yield asRecorded(told.event);
          if ((count += 1) >= limit) return;
        }
        if (told.position === head) return;
      }
    } catch (error) {
      throw this.connection.understood(error);
    } finally {
      left.abort();
    }
  }

  /** One subscription, from behind a position on. */
  follow(from: Position | undefined, wanted: Wanted, signal: AbortSignal): AsyncGenerator<Told> {
    const fromPosition = from === undefined || from === '' ? 'start' : ofPosition(from);
    return feed(
      this.connection,
      (looked) =>
        this.connection.stream((client) =>
          client.subscribeToAll({ fromPosition, filter: filterFor(wanted, (_, position) => looked(position)) }),
        ),
      signal,
    );
  }
}

/** Streams of these categories, or events of these types: the server has one filter only. Left out: what is not the server's own. */
function filterFor(
  { categories, types }: Wanted,
  checkpointReached: NonNullable<Parameters<typeof excludeSystemEvents>[0]>['checkpointReached'],
): Filter {
  const options = {
    maxSearchWindow: searchWindow,
    checkpointInterval: 1,
    ...(checkpointReached && { checkpointReached }),
  };
  if (types) return eventTypeFilter({ prefixes: someOf(types), ...options });
  if (categories)
    return streamNameFilter({ prefixes: someOf(categories.map((category) => `${category}-`)), ...options });
  return excludeSystemEvents(options);
}

/** No filter may be empty: what is nobody's stands for nothing. */
const someOf = (prefixes: readonly string[]): string[] =>
  prefixes.length === 0 ? ['$chatter-nothing'] : [...prefixes];

/** What the server's filter lets through and nobody has asked for. */
export const isWanted = ({ streamId, type }: Stored, { categories, types }: Wanted): boolean =>
  !streamId.startsWith('$') &&
  (!categories || categories.includes(categoryOf(streamId))) &&
  (!types || types.includes(type));
