import { follow, type EventStore, type Leases, type RecordedEvent } from '#event-store';

export interface OtherProcessesLog {
  error(facts: object, message: string): void;
}

export interface Heard {
  readonly categories: readonly string[];
  /** Default: every type. */
  readonly types?: readonly string[];
}

/** What other processes write, for those who keep something of it in memory. Of a process that is alone: nothing. */
export class OtherProcesses {
  private readonly stopped = new AbortController();

  constructor(
    private readonly store: EventStore,
    private readonly leases: Pick<Leases, 'several'>,
    private readonly log: OtherProcessesLog,
  ) {}

  /**
   * Tells of each event from now on, also of those that this process writes itself, one after the other; one that cannot
   * be taken in is told again. To be called before what is kept is first read: then nothing is missed.
   */
  async hear({ categories, types }: Heard, heard: (event: RecordedEvent) => Promise<void>): Promise<void> {
    if (!this.leases.several) return;
    const from = await this.store.head();
    const onError = (error: unknown) =>
      this.log.error({ err: error, categories }, 'What other processes write is not heard for a moment');
    const options = {
      categories,
      signal: this.stopped.signal,
      onError,
      ...(types && { types }),
      ...(from && { from }),
    };
    void follow(this.store, options, heard);
  }

  stop(): void {
    this.stopped.abort();
  }
}
