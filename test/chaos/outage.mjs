/**
 * The log is away for a minute, while executions run, wait and come in: killed and started again, or frozen, so that it keeps its
 * connections and answers nothing. Or PostgreSQL is, with the leases, the open executions and the lists. What has to hold:
 *
 * 1. While it is away, whoever needs it is answered 503 with Retry-After, within two seconds. Lists do not need the log, unless they
 *    have not seen yet what this process had written before; histories do not need PostgreSQL.
 * 2. Nothing grows meanwhile: what cannot be written is refused, not kept.
 * 3. When it is back, everything goes on by itself, within ten seconds; and what `calls.mjs` says of what was accepted.
 *
 * PostgreSQL is a real one; in place of EventStoreDB stands the server of the tests, which speaks its protocol.
 *
 * npm run chaos:outage -- [--seconds 60] [--how killed|frozen|database] [--executions 40] [--steps 20] [--delay 100] [--soon 2000]
 */
import { parseArgs } from 'node:util';
import { callsInARow, Examiner } from './calls.mjs';
import { rest, startCluster } from './cluster.mjs';
import { client } from './server.mjs';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    how: { type: 'string', default: 'killed' },
    executions: { type: 'string', default: '40' },
    steps: { type: 'string', default: '20' },
    delay: { type: 'string', default: '100' },
    soon: { type: 'string', default: '2000' },
  },
});
const [seconds, executions, steps, delayMs, soonMs] = ['seconds', 'executions', 'steps', 'delay', 'soon'].map((name) =>
  Number(values[name]),
);
const mib = (bytes) => Math.round(bytes / 1024 / 1024);

const cluster = await startCluster({ delayMs });
const { upstream } = cluster;
const server = await cluster.start('all');
const worker = await cluster.start('worker');
const api = client(server.apiKey);
const call = (method, path, body) => api.call(server.url, method, path, body);

const definition = await call('POST', '/workflows/definitions', callsInARow(upstream, steps));
if (definition.status !== 201) throw new Error(JSON.stringify(definition.body));
const wish = { workflow_type: 'definition', definition_id: definition.body.id, config: { async: true } };
const accepted = await Promise.all(Array.from({ length: executions }, () => call('POST', '/workflows/execute', wish)));
const ids = accepted.map(({ status, body }) => {
  if (status !== 202) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body.execution_id;
});
const timed = await call('POST', '/workflows/execute', due(Math.min(seconds, 10) * 500));

const answers = new Map();
const before = await memory();
const away = performance.now();
const isDatabase = values.how === 'database';
const comeBack = await (isDatabase ? cluster.takeDatabaseAway() : cluster.takeLogAway(values.how));
while (performance.now() - away < seconds * 1_000) await Promise.all([askAll(), rest(250)]);
const grown = (await memory()) - before;
await comeBack();
const back = performance.now();

while ((await call('POST', '/workflows/execute', wish).then((answer) => took(answer))) === 503) await rest(50);
const takesInMs = performance.now() - back;
await completed(timed.body.execution_id);
const timerMs = performance.now() - back;
const examiner = new Examiner(api, upstream, steps, 120_000);
for (const id of ids) await examiner.examine(server.url, id);
const allMs = performance.now() - back;

await cluster.stop([server, worker]);

for (const [route, { statuses, slowestMs }] of answers)
  console.log(`${route}: ${JSON.stringify(statuses)}, the slowest after ${Math.round(slowestMs)} ms`);
console.log(
  `Memory: ${mib(before)} MiB before, ${grown < 0 ? '' : '+'}${mib(grown)} MiB at the end of ${seconds} s without ${isDatabase ? 'PostgreSQL' : 'the log'}.`,
);
console.log(
  `Back: took in an execution after ${Math.round(takesInMs)} ms; what was due meanwhile was done after ${Math.round(timerMs)} ms; all ${ids.length} completed after ${Math.round(allMs)} ms.`,
);
const wrong = [...answers.values()].reduce((sum, { unexpected }) => sum + unexpected, 0);
console.log(JSON.stringify({ accepted: ids.length, unexpectedAnswers: wrong, ...examiner.counts }));
const violations = wrong + examiner.violations + (executions + extra() - examiner.counts.completed);
console.log(violations === 0 ? 'All hold.' : `${violations} violations.`);
process.exit(violations === 0 ? 0 : 1);

/** What was taken in beside, when the log was back. */
function extra() {
  return ids.length - executions;
}

async function askAll() {
  const input_data = { text: 'x'.repeat(64 * 1024) };
  const [history, list] = isDatabase ? [[200], [503]] : [[503], [200, 503]];
  await Promise.all([
    ask('POST execute', [503], () => call('POST', '/workflows/execute', { ...wish, input_data })),
    ask('GET execution', history, () => call('GET', `/workflows/executions/${ids[0]}`)),
    ask('GET events', history, () => call('GET', `/workflows/executions/${ids[0]}/events`)),
    ask('GET verify', history, () => call('GET', `/workflows/executions/${ids[0]}/verify`)),
    ask('POST cancel', [503], () => call('POST', `/workflows/executions/${timed.body.execution_id}/cancel`, {})),
    ask('GET list', list, () => call('GET', '/workflows/executions')),
    ask('GET ready', [503], () => asked('/health/ready')),
    ask('GET health', [200], () => asked('/health')),
    ask('GET live', [200], () => asked('/health/live')),
  ]);
}

async function asked(path) {
  const { status, headers } = await fetch(`${server.url}${path}`, {
    headers: { authorization: `Bearer ${server.apiKey}` },
  });
  return { status, retryAfter: headers.get('retry-after') };
}

async function ask(route, expected, question) {
  const began = performance.now();
  const { status, retryAfter } = await question();
  const known = answers.get(route) ?? { statuses: {}, slowestMs: 0, unexpected: 0 };
  known.statuses[status] = (known.statuses[status] ?? 0) + 1;
  const tookMs = performance.now() - began;
  known.slowestMs = Math.max(known.slowestMs, tookMs);
  if (!expected.includes(status) || (status === 503 && retryAfter === null) || tookMs > soonMs) known.unexpected += 1;
  answers.set(route, known);
}

function took({ status, body }) {
  if (status === 202) ids.push(body.execution_id);
  return status;
}

async function completed(id) {
  while ((await call('GET', `/workflows/executions/${id}`)).body.status !== 'completed') await rest(50);
}

/** Resident bytes of both processes together. */
async function memory() {
  const each = await Promise.all([server, worker].map(({ url }) => memoryOf(url)));
  return each.reduce((sum, bytes) => sum + bytes, 0);
}

async function memoryOf(url) {
  const response = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${server.apiKey}` } });
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(await response.text())[1]);
}

/** An execution that has something to do so many ms from now. */
function due(ms) {
  return {
    workflow_type: 'custom',
    nodes: [
      { id: 'start', type: 'start' },
      { id: 'rest', type: 'delay', data: { config: { duration_ms: ms } } },
      { id: 'end', type: 'end' },
    ],
    edges: [
      { source: 'start', target: 'rest' },
      { source: 'rest', target: 'end' },
    ],
    config: { async: true },
  };
}
