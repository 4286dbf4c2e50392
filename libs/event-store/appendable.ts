import type { NewEvent } from './recorded-event.js';
import { isStreamName } from './stream-name.js';

/** A bug of the caller's, told before it reaches the log. */
export function mustBeAppendable(stream: string, events: readonly NewEvent[]): void {
  if (!isStreamName(stream)) throw new Error('A stream needs a name of whole characters.');
  if (events.length === 0) throw new Error(`Nothing to append to ${stream}: an append has at least one event.`);
}
