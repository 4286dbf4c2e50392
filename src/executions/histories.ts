import { Injectable } from '@nestjs/common';
import { EventStore, executionStream, type RecordedEvent } from '#event-store';
import { executionIdIn, noExecution } from './execution-ids.js';

/** Histories of executions, for those whose they are. */
@Injectable()
export class Histories {
  constructor(private readonly store: EventStore) {}

  /**
   * The last event of an execution that this tenant has; every other id is answered as an unknown one. Whose it is says
   * its first event, too: damage to one of them must not hide the history from the one who verifies it.
   */
  async head(tenant: string, id: string): Promise<RecordedEvent> {
    const stream = executionStream(executionIdIn(id));
    const last = await firstOf(this.store.readStream(stream, { direction: 'backwards', limit: 1 }));
    const first = last?.envelope.tenant === tenant ? last : await firstOf(this.store.readStream(stream, { limit: 1 }));
    if (!last || first?.envelope.tenant !== tenant) throw noExecution(id);
    return last;
  }

  read(stream: string, from = 0, limit = Infinity): AsyncIterable<RecordedEvent> {
    return this.store.readStream(stream, { from: BigInt(from), limit });
  }
}

async function firstOf<T>(all: AsyncIterable<T>): Promise<T | null> {
  for await (const one of all) return one;
  return null;
}
