import { genesis, seal } from '../dist/libs/event-store/index.js';
import { openSqliteEventStore } from '../dist/libs/event-store-sqlite/index.js';

/** How many events each execution is: ten steps, as they are really written. */
export const eventsEach = 25;
/** One a second. */
export const momentOf = (n) => new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString();
export const definitionId = (n) => `10000000-0000-4000-8000-${String(n % 50).padStart(12, '0')}`;

export async function writeExecutions(dir, count) {
  const log = await openSqliteEventStore({ dir });
  for (let from = 0; from < count; from += 200)
    await Promise.all(Array.from({ length: Math.min(200, count - from) }, (_, at) => writeOne(log.store, from + at)));
  await log.close();
}

async function writeOne(store, n) {
  const id = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
  const stream = `execution-${id}`;
  const at = momentOf(n);
  const metrics = {
    completion_tokens: 5,
    cost_nano_usd: 7,
    execution_time_ms: 9,
    prompt_tokens: 3,
    steps: 12,
    tool_calls: 0,
  };
  const steps = Array.from({ length: 23 }, (_, step) => ({
    type: 'StepCompleted',
    data: { attempt: 1, output: { n: step }, path: `step-${step}`, port: 'out', scheduled: [], skipped: [], taken: [] },
  }));
  const events = [
    { type: 'ExecutionAccepted', data: acceptance(n) },
    ...steps,
    { type: 'ExecutionCompleted', data: { metrics, output: n } },
  ];
  let prev = genesis(stream);
  const sealed = events.map(({ type, data }, revision) => {
    const event = seal({
      ...{ stream, revision: BigInt(revision), prev, type, schema: 1, data, tenant: 'default', at },
      ...{ id: `${id.slice(0, 19)}-${String(revision).padStart(12, '0')}`, causationId: id, correlationId: id },
      actor: { sub: 'bench', via: 'engine' },
    });
    prev = event.envelope.hash;
    return event;
  });
  await store.append(stream, 'no_stream', sealed);
}

function acceptance(n) {
  return {
    config: {},
    definition_id: definitionId(n),
    definition_name: `Bench ${n % 50}`,
    definition_version: null,
    input: { n },
    subject: 'usr_bench',
    tags: [],
    template_id: null,
    workflow_type: 'custom',
  };
}
