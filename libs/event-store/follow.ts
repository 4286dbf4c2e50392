import type { EventStore, Position, SubscribeOptions } from './event-store.js';
import type { RecordedEvent } from './recorded-event.js';

export interface FollowOptions extends SubscribeOptions {
  readonly signal: AbortSignal;
  /** Hears of each failure; the same event is tried again after a rest. */
  readonly onError: (error: unknown) => void;
  /** Ms. Default 1,000. */
  readonly restMs?: number;
}

/** Calls `heard` for each event from a position on, one after the other, until the signal. Gives up nothing. */
export async function follow(
  store: Pick<EventStore, 'subscribe'>,
  { onError, restMs = 1_000, ...options }: FollowOptions,
  heard: (event: RecordedEvent) => Promise<void>,
): Promise<void> {
  const { signal } = options;
  let from: Position | undefined = options.from;
  while (!signal.aborted) {
    try {
      for await (const event of store.subscribe({ ...options, ...(from !== undefined && { from }) })) {
        if ('stream' in event) await heard(event);
        from = event.position;
      }
    } catch (error) {
      if (signal.aborted) return;
      onError(error);
      await new Promise((resolve) => setTimeout(resolve, restMs));
    }
  }
}
