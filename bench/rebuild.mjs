/**
 * Makes the tables of lists anew from a log of so many events, as a start after an upgrade does: in a stream, beside nothing
 * else. Prints how far it is, events per second, the most memory that it took, and how long
 * analytics count over what is there then.
 *
 * npm run bench:rebuild [-- --events 1000000 --postgres]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PostgresServer } from '../test/support/postgres/postgres-server.ts';

const { openSqliteEventStore } = await import('../dist/libs/event-store-sqlite/index.js');
const { genesis, seal } = await import('../dist/libs/event-store/index.js');
const { ReadModel } = await import('../dist/libs/read-model/index.js');
const { values } = parseArgs({ options: { events: { type: 'string' }, postgres: { type: 'boolean' } } });
const wanted = Number(values.events ?? 1_000_000);

const dir = mkdtempSync(join(tmpdir(), 'chatter-rebuild-'));
const log = await openSqliteEventStore({ dir });
const postgres = values.postgres ? await PostgresServer.start() : null;
const database = postgres ? { kind: 'postgres', url: await postgres.database() } : { kind: 'sqlite', dir };

const momentOf = (n) => new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString();
const dayOf = (n) => momentOf(n).slice(0, 10);
const definitionId = (n) => `10000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

await writeLog();
globalThis.gc?.();
const before = process.memoryUsage.rss();
let peak = before;
const started = performance.now();
const model = await ReadModel.open({ reader: log.store, database, projector: { thread: { kind: 'embedded', dir } } });
const head = await log.store.head();
for (let told = 0; !(await model.waitFor(head, 250));) {
  peak = Math.max(peak, process.memoryUsage.rss());
  const done = Math.floor((100 * Number(model.position() ?? 0)) / Number(head));
  if (done >= told + 10) console.log(`${(told = done)} %`);
}
const seconds = (performance.now() - started) / 1_000;
peak = Math.max(peak, process.memoryUsage.rss());
const mib = (bytes) => (bytes / 1024 / 1024).toFixed(0);
console.log(
  `${wanted.toLocaleString('en')} events into ${database.kind} in ${seconds.toFixed(1)} s: ` +
    `${Math.round(wanted / seconds).toLocaleString('en')} a second; memory ${mib(before)} MiB before, ${mib(peak)} MiB at most`,
);
await analytics();
await model.close();
await log.close();
await postgres?.stop();
rmSync(dir, { recursive: true });

/** The middle of five, each. */
async function analytics() {
  const overview = () => model.overview.of('default', dayOf(0), dayOf(Math.ceil(wanted / 25)));
  const definition = () => model.definitionUsage.of('default', definitionId(7));
  for (const [name, ask] of Object.entries({ overview, definition })) {
    const times = [];
    let counted = 0;
    for (let turn = 0; turn < 5; turn += 1) {
      const began = performance.now();
      const { usage_count, total } = await ask();
      counted = usage_count ?? total.usage_count;
      times.push(performance.now() - began);
    }
    times.sort((left, right) => left - right);
    console.log(`analytics, ${name}: ${counted.toLocaleString('en')} executions in ${times[2].toFixed(0)} ms`);
  }
}

/** Executions of ten steps, as they are really written: 25 events each. */
async function writeLog() {
  const executions = Math.ceil(wanted / 25);
  for (let from = 0; from < executions; from += 200)
    await Promise.all(Array.from({ length: Math.min(200, executions - from) }, (_, at) => writeOne(from + at)));
}

async function writeOne(n) {
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
  await log.store.append(stream, 'no_stream', sealed);
}

function acceptance(n) {
  return {
    config: {},
    definition_id: definitionId(n % 50),
    definition_name: `Bench ${n % 50}`,
    definition_version: null,
    input: { n },
    subject: 'usr_bench',
    tags: [],
    template_id: null,
    workflow_type: 'custom',
  };
}
