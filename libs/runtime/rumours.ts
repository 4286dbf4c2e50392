import type { EventStore, Leases, RecordedEvent } from '#event-store';
import type { RuntimeLog } from './driver.js';

export interface RumoursParts {
  readonly store: EventStore;
  readonly leases: Pick<Leases, 'several'>;
  readonly log: RuntimeLog;
  readonly heard: (event: RecordedEvent) => Promise<void>;
}

/** What a process may add to an execution that another one drives; and that another one has come to drive it. */
const fromOthers = [
  'ApprovalDecided',
  'CancelRequested',
  'ChildEnded',
  'DriverTaken',
  'SignalReceived',
  'UncertaintyResolved',
];

const restMs = 1_000;

/** Of several processes each hears, through the log, what the others have added to executions. Alone, it knows. */
export class Rumours {
  private readonly stopped = new AbortController();

  constructor(private readonly parts: RumoursParts) {}

  listen(): void {
    if (this.parts.leases.several) void this.follow();
  }

  stop(): void {
    this.stopped.abort();
  }

  private async follow(): Promise<void> {
    const { store, log, heard } = this.parts;
    const { signal } = this.stopped;
    let from: string | null = null;
    while (!signal.aborted) {
      try {
        from ??= await store.head();
        const options = { categories: ['execution'], types: fromOthers, signal };
        for await (const event of store.subscribe(from === null ? options : { ...options, from })) {
          from = event.position;
          if (event.type !== 'caught_up') await heard(event as RecordedEvent);
        }
      } catch (error) {
        if (signal.aborted) return;
        log.error({ reason: String(error) }, 'What other processes add is not heard for a moment');
        await new Promise((resolve) => setTimeout(resolve, restMs).unref());
      }
    }
  }
}
