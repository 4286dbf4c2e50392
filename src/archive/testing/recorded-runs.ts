import {
  executionStream,
  genesis,
  seal,
  type EventStore,
  type MemoryEventStore,
  type RecordedEvent,
} from '#event-store';
import { archiveExecutions } from '../archive-executions.js';

export const january = '2026-01-31T12:00:00.000Z';
export const totals = {
  steps: 1,
  execution_time_ms: 4,
  prompt_tokens: 1,
  completion_tokens: 1,
  cost_nano_usd: 9,
  tool_calls: 0,
};
export const accepted = (different: object = {}) => ({
  workflow_type: 'definition',
  definition_id: 'd1',
  definition_version: 1,
  definition_name: 'Chat',
  template_id: null,
  template_name: null,
  graph_digest: null,
  node_types: {},
  subject: 'usr_ada',
  tags: [],
  input: { text: 'a\u2028b' },
  ...different,
});

export async function historyIn(store: EventStore, stream: string): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const event of store.readStream(stream)) events.push(event);
  return events;
}

type What = readonly [stream: string, type: string, data: object, at?: string, tenant?: string];

/** One event behind those that are there. */
export async function recordIn(
  store: EventStore,
  ...[stream, type, data, at = january, tenant = 'default']: What
): Promise<void> {
  const events = await historyIn(store, stream);
  const revision = BigInt(events.length);
  const prev = events.at(-1)?.envelope.hash ?? genesis(stream);
  const rest = {
    schema: 1,
    at,
    actor: { sub: 'engine', via: 'engine' } as const,
    causationId: 'c',
    correlationId: 'c',
  };
  const event = seal({ stream, revision, prev, id: `${stream}/${revision}`, type, data, tenant, ...rest });
  await store.append(stream, revision === 0n ? 'no_stream' : revision - 1n, [event]);
}

type Run = readonly [id: string, different?: object, at?: string, tenant?: string];

/** An execution that has ended. */
export async function runIn(store: EventStore, ...[id, different = {}, at = january, tenant = 'default']: Run) {
  const stream = executionStream(id);
  await recordIn(store, stream, 'ExecutionAccepted', accepted(different), january, tenant);
  await recordIn(store, stream, 'ExecutionCompleted', { output: 'fine', metrics: totals }, at, tenant);
}

type Options = Parameters<typeof archiveExecutions>[0];

/** All that ended in January. */
export const archiveIn = (store: MemoryEventStore, folder: string, different: Partial<Options> = {}) =>
  archiveExecutions({
    store,
    payloads: store.payloads,
    closedBefore: '2026-02-01T00:00:00.000Z',
    folder,
    at: '2026-11-23T08:00:00.000Z',
    dryRun: false,
    ...different,
  });
