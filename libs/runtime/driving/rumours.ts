import { follow, type EventStore, type Leases, type RecordedEvent } from '#event-store';
import type { RuntimeLog } from './parking.js';

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

/** Of several processes each hears, through the log, what the others have added to executions. Alone, it knows. */
export class Rumours {
  private readonly stopped = new AbortController();

  constructor(private readonly parts: RumoursParts) {}

  /** Resolves once nothing can be missed any more. */
  async listen(): Promise<void> {
    const { store, leases, log, heard } = this.parts;
    if (!leases.several) return;
    const { signal } = this.stopped;
    const head = await store.head();
    const onError = (error: unknown) =>
      log.error({ reason: String(error) }, 'What other processes add is not heard for a moment');
    const options = {
      categories: ['execution'],
      types: fromOthers,
      signal,
      onError,
      ...(head !== null && { from: head }),
    };
    void follow(store, options, heard);
  }

  stop(): void {
    this.stopped.abort();
  }
}
