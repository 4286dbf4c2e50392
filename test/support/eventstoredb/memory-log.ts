import { type Direction, type EventLog, type LoggedEvent, TOMBSTONE } from './log.js';

/** A log that ends with its process. */
export class MemoryLog implements EventLog {
  private readonly all: LoggedEvent[] = [];
  private readonly streams = new Map<string, LoggedEvent[]>();
  private readonly ids = new Map<string, LoggedEvent>();

  append(events: readonly LoggedEvent[]): void {
    for (const event of events) {
      this.all.push(event);
      this.ids.set(event.id, event);
      const stream = this.streams.get(event.stream);
      if (stream) stream.push(event);
      else this.streams.set(event.stream, [event]);
    }
  }

  last(stream: string): LoggedEvent | undefined {
    return this.streams.get(stream)?.at(-1);
  }

  at(stream: string, revision: bigint): LoggedEvent | undefined {
    return revision === TOMBSTONE ? undefined : this.streams.get(stream)?.[Number(revision)];
  }

  find(id: string): LoggedEvent | undefined {
    return this.ids.get(id);
  }

  readStream(stream: string, from: bigint, count: number, direction: Direction): LoggedEvent[] {
    const events = this.streams.get(stream) ?? [];
    const first = Number(from < BigInt(events.length) ? from : BigInt(events.length));
    if (direction === 'forwards') return events.slice(first, first + count);
    return events.slice(Math.max(0, first + 1 - count), first + 1).reverse();
  }

  readAll(from: bigint, count: number, direction: Direction): LoggedEvent[] {
    const first = this.indexOf(from);
    if (direction === 'forwards') return this.all.slice(first, first + count);
    return this.all.slice(Math.max(0, first - count), first).reverse();
  }

  has(position: bigint): boolean {
    return this.all[this.indexOf(position)]?.position === position;
  }

  end(): bigint {
    return this.all.at(-1)?.position ?? -1n;
  }

  close(): void {
    // nothing is open
  }

  /** The index of the first event at or after the position. */
  private indexOf(position: bigint): number {
    let low = 0;
    let high = this.all.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.all[middle]!.position < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
