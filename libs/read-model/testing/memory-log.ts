import type { Position, ReadAllOptions, RecordedEvent } from '#event-store';
import type { EventReader } from '../projector/lane.js';

export interface Circumstances {
  readonly tenant?: string;
  readonly at?: string;
}

/** A log that only a reader can tell from a real one: nothing is sealed, nothing is durable. */
export class MemoryLog implements EventReader {
  readonly events: RecordedEvent[] = [];
  /** Thrown by the next reads, first to last. */
  readonly failures: Error[] = [];

  record(stream: string, type: string, data: unknown, { tenant = 'default', at = noon }: Circumstances = {}): Position {
    const position = String(this.events.length + 1).padStart(16, '0');
    const revision = BigInt(this.events.filter((event) => event.stream === stream).length);
    const envelope = {
      $correlationId: 'c',
      $causationId: 'c',
      v: 1 as const,
      tenant,
      schema: 1,
      at,
      actor: { sub: 'someone', via: 'engine' as const },
      dataHash: '',
      prev: '',
      hash: '',
    };
    this.events.push({ id: position, type, data: JSON.stringify(data), envelope, stream, revision, position });
    return position;
  }

  async *readAll({
    from = '',
    limit = Infinity,
    categories,
    types,
  }: ReadAllOptions = {}): AsyncIterable<RecordedEvent> {
    const failure = this.failures.shift();
    if (failure) throw failure;
    let given = 0;
    for (const event of this.events.slice(Number(from === '' ? 0 : from))) {
      if (types && !types.includes(event.type)) continue;
      if (categories && !categories.includes(event.stream.slice(0, event.stream.indexOf('-')))) continue;
      if (++given > limit) return;
      yield event;
    }
  }

  async head(): Promise<Position | null> {
    return this.events.at(-1)?.position ?? null;
  }
}

export const noon = '2026-01-31T12:00:00.000Z';
