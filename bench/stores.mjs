/**
 * W10 on the server as shipped, on each combination of stores: the embedded ones, lists in PostgreSQL, and the log in
 * EventStoreDB with PostgreSQL. PostgreSQL is a real one; in place of EventStoreDB stands the server of the tests, which speaks its
 * protocol and keeps its log in a SQLite file. All on this machine, interleaved; ratios of one run are what counts.
 *
 * npm run bench:stores [-- --quick]
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '../test/chaos/server.mjs';
import { startEventStoreDb } from '../test/chaos/eventstoredb.mjs';
import { PostgresServer } from '../test/support/postgres/postgres-server.ts';
import { manyAtOnce } from './load.mjs';
import { measure, median, published } from './measure.mjs';
import { w10 } from './workflows.mjs';

const quick = process.argv.includes('--quick');
const rounds = quick ? 1 : 3;
const load = quick ? { runs: 30, atOnce: 20, seconds: 3 } : { runs: 200, atOnce: 20, seconds: 10 };

const folder = mkdtempSync(join(tmpdir(), 'chatter-stores-'));
const postgres = await PostgresServer.start();
const eventStoreDb = await startEventStoreDb({ file: join(folder, 'esdb.db') });
const combinations = {
  'SQLite + SQLite': {},
  'SQLite + PostgreSQL': { DATABASE_URL: await postgres.database() },
  'EventStoreDB + PostgreSQL': {
    EVENT_STORE_URL: eventStoreDb.url,
    DATABASE_URL: await postgres.database(),
    AUTH_SECRET: 'the same for all processes of a bench',
  },
};

const servers = {};
for (const [name, environment] of Object.entries(combinations)) {
  const dataDir = join(folder, name.replaceAll(/\W+/g, '-'));
  mkdirSync(dataDir);
  const server = await startServer({ dataDir, environment });
  const targets = {
    write: await published(server, w10('W10 write', 'write'), '"output":10'),
    pure: await published(server, w10('W10 pure'), '"output":10'),
  };
  for (const target of Object.values(targets)) await manyAtOnce(target, 8, quick ? 0.5 : 2); // warm up
  servers[name] = { server, targets, measured: { write: [], pure: [] } };
}

for (let round = 0; round < rounds; round += 1)
  for (const { server, targets, measured } of Object.values(servers))
    for (const [kind, target] of Object.entries(targets)) measured[kind].push(await measure(target, load, server));

console.log(
  '| stores | W10 | one at a time p50 / p99 ms | 20 at once: executions/s | CPU ms | events | appends | peak MiB |',
);
console.log('|---|---|---|---|---|---|---|---|');
for (const [name, { measured }] of Object.entries(servers))
  for (const [kind, all] of Object.entries(measured)) {
    const of = (read, digits = 2) => Number(median(all.map(read)).toFixed(digits)).toLocaleString('en');
    const cells = [
      `${of(({ single }) => single.p50)} / ${of(({ single }) => single.p99, 1)}`,
      of(({ many }) => many.perSecond, 0),
      of(({ cpuMs }) => cpuMs),
      of(({ events }) => events, 1),
      of(({ appends }) => appends, 1),
      of(({ peakMiB }) => peakMiB, 0),
    ];
    console.log(`| ${name} | ${kind} | ${cells.join(' | ')} |`);
  }

for (const { server } of Object.values(servers)) await server.kill('SIGTERM');
await eventStoreDb.stop();
await postgres.stop();
rmSync(folder, { recursive: true });
process.exit(0);
