import { eventSchemas, evolve, initialState, type ExecutionEvent, type ExecutionState } from '#engine';
import {
  executionStream,
  internalize,
  upcast,
  type EventStore,
  type PayloadStore,
  type RecordedEvent,
} from '#event-store';
import type { JsonObject } from '#plugin-sdk';

/** A recorded event and what it says, with today's meaning and its large values back in place. */
export interface Fact {
  readonly recorded: RecordedEvent;
  readonly event: ExecutionEvent;
}

/** The stored history of one execution, oldest first, up to and including `to`. Throws on what cannot be read. */
export async function* history(
  store: EventStore,
  payloads: PayloadStore,
  executionId: string,
  range: { readonly from?: bigint; readonly to?: bigint } = {},
): AsyncIterable<Fact> {
  const stream = executionStream(executionId);
  for await (const recorded of store.readStream(stream, range.from === undefined ? {} : { from: range.from })) {
    if (range.to !== undefined && recorded.revision > range.to) return;
    yield { recorded, event: await read(recorded, payloads) };
  }
}

export async function read(recorded: RecordedEvent, payloads: PayloadStore): Promise<ExecutionEvent> {
  const stored = JSON.parse(recorded.data) as JsonObject;
  const whole = await internalize(stored, (sha256) => payloads.get(recorded.envelope.tenant, sha256));
  return {
    type: recorded.type,
    data: upcast(recorded.type, recorded.envelope.schema, whole, eventSchemas),
  } as unknown as ExecutionEvent;
}

export interface Folded {
  readonly state: ExecutionState;
  readonly last: RecordedEvent;
  readonly first: RecordedEvent;
}

/** The state after the last event (or after `to`); null for a stream that does not exist. */
export async function fold(
  store: EventStore,
  payloads: PayloadStore,
  executionId: string,
  to?: bigint,
): Promise<Folded | null> {
  const state = initialState(executionId);
  let first: RecordedEvent | null = null;
  let last: RecordedEvent | null = null;
  for await (const { recorded, event } of history(store, payloads, executionId, to === undefined ? {} : { to })) {
    evolve(state, event, { at: recorded.envelope.at, bytes: recorded.data.length });
    first ??= recorded;
    last = recorded;
  }
  return first && last ? { state, first, last } : null;
}
