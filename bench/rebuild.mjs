/**
 * Makes the tables of lists anew from a log of so many events, as a start after an upgrade does: in a stream, beside nothing
 * else. Prints how far it is, events per second, the most memory that it took, and how long
 * analytics count over what is there then.
 *
 * npm run bench:rebuild [-- --events 1000000 --postgres]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openSqliteEventStore } from '../dist/libs/event-store-sqlite/index.js';
import { ReadModel } from '../dist/libs/read-model/index.js';
import { PostgresServer } from '../test/support/postgres/postgres-server.ts';
import { definitionId, eventsEach, momentOf, writeExecutions } from './log-of-executions.mjs';

const options = {
  events: { type: 'string', default: '1000000' },
  postgres: { type: 'boolean' },
  write: { type: 'string' },
};
const { values } = parseArgs({ options });
const wanted = Number(values.events);
const executions = Math.ceil(wanted / eventsEach);
if (values.write) {
  await writeExecutions(values.write, executions);
  process.exit(0);
}

const dir = mkdtempSync(join(tmpdir(), 'chatter-rebuild-'));
// In a process of its own: what writing takes is no part of what is measured.
spawnSync(process.execPath, [import.meta.filename, '--write', dir, '--events', values.events], { stdio: 'inherit' });
const log = await openSqliteEventStore({ dir });
const postgres = values.postgres ? await PostgresServer.start() : null;
const database = postgres ? { kind: 'postgres', url: await postgres.database() } : { kind: 'sqlite', dir };

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
  const dayOf = (n) => momentOf(n).slice(0, 10);
  const overview = () => model.overview.of('default', dayOf(0), dayOf(executions));
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
