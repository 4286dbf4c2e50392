import type { RecordedEvent } from '#event-store';
import type { Frame } from './run.js';

/** Types after which nothing more can come. */
const last = new Set(['ExecutionCompleted', 'ExecutionFailed', 'ExecutionCancelled']);

export interface Watched {
  /** Stored events after a revision. */
  readonly stored: (after: bigint) => AsyncIterable<RecordedEvent>;
  /** Live frames from now on; the answer ends it. */
  readonly listen: (listener: (frame: Frame | 'lost') => void) => () => void;
  /** Previews of what runs at this moment. */
  readonly previews: () => readonly Frame[];
  /** Where other processes may add to it: how often the store is asked too, ms, and for what after a revision. Default: never. */
  readonly look?: { readonly everyMs: number; readonly stored: (after: bigint) => AsyncIterable<RecordedEvent> };
}

/**
 * Every durable event after `from` once and in order, first from the store, then live, with previews of text in between.
 * Ends behind the execution's last event, or by the signal. A gap (the live feed began later than the store's reading
 * ended) cannot be: listening begins before the reading.
 */
export async function* watch(watched: Watched, from: bigint, signal: AbortSignal): AsyncGenerator<Frame> {
  const queue: Frame[] = [];
  let wake = (): void => undefined;
  const stop = watched.listen((frame) => {
    if (frame === 'lost') return;
    queue.push(frame);
    wake();
  });
  const aborted = () => wake();
  signal.addEventListener('abort', aborted);
  let isTime = false;
  const looks = watched.look && setInterval(() => ((isTime = true), wake()), watched.look.everyMs);
  let seen = from;
  try {
    for await (const event of watched.stored(seen)) {
      yield { type: 'event', event };
      seen = event.revision;
      if (last.has(event.type)) return;
    }
    yield* watched.previews();
    while (!signal.aborted) {
      for (let frame = queue.shift(); frame && !signal.aborted; frame = queue.shift()) {
        if (frame.type === 'event') {
          if (frame.event.revision <= seen) continue;
          seen = frame.event.revision;
        }
        yield frame;
        if (frame.type === 'event' && last.has(frame.event.type)) return;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (queue.length > 0 || signal.aborted || isTime) resolve();
      });
      if (isTime) {
        isTime = false;
        for await (const event of watched.look!.stored(seen)) queue.push({ type: 'event', event });
      }
    }
  } finally {
    stop();
    clearInterval(looks);
    signal.removeEventListener('abort', aborted);
  }
}
