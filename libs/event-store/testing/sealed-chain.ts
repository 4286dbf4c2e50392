import { hash } from 'node:crypto';
import { genesis, seal, type NewEvent } from '../index.js';

export interface ChainOptions {
  /** Default `execution-1`. */
  readonly stream?: string;
  /** Of the first event; default 0. */
  readonly from?: number;
  /** Hash of the event before; default that of the stream's beginning. */
  readonly prev?: string;
  /** Tells events of the same place apart; default `a`. */
  readonly writer?: string;
  readonly type?: string;
}

/** Events that follow each other, one for each value. */
export function sealedChain(values: readonly unknown[], options: ChainOptions = {}): NewEvent[] {
  const { stream = 'execution-1', from = 0, writer = 'a', type = 'StepCompleted' } = options;
  let prev = options.prev ?? genesis(stream);
  return values.map((value, at) => {
    const event = seal({
      stream,
      revision: BigInt(from + at),
      prev,
      id: idOf(stream, writer, from + at),
      type,
      schema: 1,
      data: { value },
      tenant: 'default',
      at: '2026-01-01T00:00:00.000Z',
      actor: { sub: 'engine', via: 'engine' },
      causationId: 'request',
      correlationId: 'errand',
    });
    prev = event.envelope.hash;
    return event;
  });
}

/** A UUID, as every event's id is: always the same for this place and writer. */
const idOf = (stream: string, writer: string, revision: number): string => {
  const digits = hash('sha256', `${stream} ${writer} ${revision}`, 'hex');
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-7${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20, 32)}`;
};

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** The next `count` items of an iteration that goes on. */
export async function take<T>(items: AsyncIterator<T>, count: number): Promise<T[]> {
  const taken: T[] = [];
  while (taken.length < count) {
    const { done, value } = await items.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}
