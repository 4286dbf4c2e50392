import { type AllStreamResolvedEvent, type JSONEventType, jsonEvent, type ResolvedEvent } from '@eventstore/db-client';

export type Counted = JSONEventType<'Counted', { n: number }>;

export const counted = (n: number, id?: string) =>
  jsonEvent<Counted>({ type: 'Counted', data: { n }, ...(id && { id }) });

/** Ascending, so many, beginning at 1. */
export const countedTo = (count: number) => Array.from({ length: count }, (_, index) => counted(index + 1));

type Read = ResolvedEvent | AllStreamResolvedEvent;

export const read = async <T extends Read>(events: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const event of events) all.push(event);
  return all;
};

/** As many as asked for; then the iteration is left. */
export const take = async <T extends Read>(events: AsyncIterable<T>, count: number): Promise<T[]> => {
  const taken: T[] = [];
  if (count === 0) return taken;
  for await (const event of events) {
    taken.push(event);
    if (taken.length === count) break;
  }
  return taken;
};

export const numbers = (events: readonly Read[]): number[] =>
  events.map(({ event }) => (event?.data as Counted['data']).n);

export const streamsOf = (events: readonly Read[]): (string | undefined)[] =>
  events.map(({ event }) => event?.streamId);
