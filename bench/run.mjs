/**
 * W10 and W-fan on a running server as shipped, beside what the same work costs without an engine, all in one run.
 * Figures drift with the machine; the ratios are what counts. Prints a table, and writes bench/results/<time>.json.
 *
 * npm run bench [-- --quick]
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startServer } from '../test/chaos/server.mjs';
import { fdatasyncsPerSecond } from './disk.mjs';
import { manyAtOnce, oneAtATime } from './load.mjs';
import { measure, median, published } from './measure.mjs';
import { fan, w10 } from './workflows.mjs';

const quick = process.argv.includes('--quick');
const [rounds, runs, seconds] = quick ? [1, 50, 3] : [3, 200, 10];
const load = { runs, atOnce: 50, seconds };

const folder = mkdtempSync(join(tmpdir(), 'chatter-bench-'));
const chatter = await startServer({ dataDir: join(folder, 'data') });
const yardsticks = { m: await startYardstick('memory'), g: await startYardstick('group', join(folder, 'steps.db')) };
const bare = (server) => ({
  url: `${server.url}/run`,
  headers: { 'content-type': 'application/json' },
  body: '{}',
  expect: '10',
});
const targets = {
  m: bare(yardsticks.m),
  g: bare(yardsticks.g),
  w: await published(chatter, w10('W10 write', 'write'), '"output":10'),
  p: await published(chatter, w10('W10 pure'), '"output":10'),
};
const wide = await published(chatter, fan('W-fan'), '"status":"completed"');

for (const target of [...Object.values(targets), wide]) await manyAtOnce(target, 8, quick ? 0.5 : 2); // warm up

const measured = { m: [], g: [], w: [], p: [] };
const fans = [];
const disk = [];
for (let round = 0; round < rounds; round += 1) {
  disk.push(fdatasyncsPerSecond());
  for (const [name, target] of Object.entries(targets))
    measured[name].push(await measure(target, load, name === 'w' || name === 'p' ? chatter : null));
  fans.push(await oneAtATime(wide, runs));
}
await Promise.all([chatter.kill('SIGTERM'), yardsticks.m.kill(), yardsticks.g.kill()]);
rmSync(folder, { recursive: true });

const result = summary();
print(result);
mkdirSync('bench/results', { recursive: true });
writeFileSync(`bench/results/${new Date().toISOString().replaceAll(':', '-')}.json`, JSON.stringify(result, null, 2));
process.exit(0);

async function startYardstick(...options) {
  const entry = fileURLToPath(new URL('../dist/bench/yardstick.js', import.meta.url));
  const child = spawn(process.execPath, [entry, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise((resolve) =>
    child.stdout.on('data', (text) => resolve(/running at (\S+)/.exec(text)?.[1])),
  );
  return { url, kill: () => new Promise((resolve) => child.once('exit', resolve) && child.kill()) };
}

function summary() {
  const of = (name, read) => median(measured[name].map(read));
  const rows = Object.fromEntries(
    Object.keys(measured).map((name) => [
      name,
      {
        mean: of(name, ({ single }) => single.mean),
        p50: of(name, ({ single }) => single.p50),
        p95: of(name, ({ single }) => single.p95),
        p99: of(name, ({ single }) => single.p99),
        perSecond: of(name, ({ many }) => many.perSecond),
        ...Object.fromEntries(
          ['cpuMs', 'peakMiB', 'events', 'appends', 'commits', 'queries'].map((key) => [
            key,
            of(name, (each) => each[key]),
          ]),
        ),
      },
    ]),
  );
  const { g, w, p } = rows;
  const budgets = [
    ['50 at once, (w) / (g)', w.perSecond / g.perSecond, '>=', 0.3, 0.5],
    ['50 at once, (p) / (g)', p.perSecond / g.perSecond, '>=', 0.5, 1],
    ['one at a time, p50 (w) / (g)', w.p50 / g.p50, '<=', 3, 3],
    ['one at a time, p50 (p) / (g)', p.p50 / g.p50, '<=', 1, 1],
    ['peak memory, MiB', Math.max(w.peakMiB, p.peakMiB), '<=', 400, 400],
  ].map(([what, is, sign, budget, aim]) => ({
    what,
    is,
    sign,
    budget,
    aim,
    met: sign === '>=' ? is >= budget : is <= budget,
  }));
  return {
    rounds,
    runs,
    seconds,
    rows,
    fan: { p50: median(fans.map(({ p50 }) => p50)) },
    fdatasyncsPerSecond: median(disk),
    budgets,
  };
}

function print({ rows, fan: wideRun, fdatasyncsPerSecond: syncs, budgets }) {
  const names = {
    m: '(m) bare endpoint, in memory',
    g: '(g) bare endpoint, group commit',
    w: '(w) W10, every step writes',
    p: '(p) W10, every step pure',
  };
  const n = (value, digits = 2) => (value === undefined ? '' : value.toFixed(digits));
  console.log(
    '| | mean ms | p50 | p95 | p99 | executions/s at 50 | steps/s | CPU ms | events | appends | commits | queries | peak MiB |',
  );
  console.log('|---|---|---|---|---|---|---|---|---|---|---|---|---|');
  for (const [name, row] of Object.entries(rows)) {
    const { mean, p50, p95, p99, perSecond, cpuMs, events, appends, commits, queries, peakMiB } = row;
    console.log(
      `| ${names[name]} | ${n(mean)} | ${n(p50)} | ${n(p95)} | ${n(p99)} | ${n(perSecond, 0)} | ${n(perSecond * 10, 0)} | ${n(cpuMs)} | ${n(events, 1)} | ${n(appends, 1)} | ${n(commits)} | ${n(queries)} | ${n(peakMiB, 0)} |`,
    );
  }
  console.log(
    `\nW-fan, 1 → 20 parallel writes → join, one at a time: p50 ${n(wideRun.p50)} ms. The disk: ${n(syncs, 0)} fdatasync/s.\n`,
  );
  console.log('| ratio | is | budget | aim | |\n|---|---|---|---|---|');
  for (const { what, is, sign, budget, aim, met } of budgets)
    console.log(`| ${what} | ${n(is)} | ${sign} ${budget} | ${aim} | ${met ? 'met' : 'missed'} |`);
}
