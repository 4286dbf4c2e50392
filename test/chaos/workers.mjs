/**
 * Three workers on one log, of which every two seconds one is killed and replaced, or frozen for longer than its lease lasts, while
 * executions come in through a process that only takes requests. What has to hold afterwards says `calls.mjs`.
 *
 * PostgreSQL is a real one; in place of EventStoreDB stands the server of the tests, which speaks its protocol.
 *
 * npm run chaos:workers -- [--executions 2000] [--seconds 60] [--steps 5] [--delay 20]
 */
import { parseArgs } from 'node:util';
import { callsInARow, Examiner } from './calls.mjs';
import { rest, startCluster } from './cluster.mjs';
import { client } from './server.mjs';

const { values } = parseArgs({
  options: {
    executions: { type: 'string', default: '2000' },
    seconds: { type: 'string', default: '60' },
    steps: { type: 'string', default: '5' },
    delay: { type: 'string', default: '20' },
  },
});
const [wanted, seconds, steps, delayMs] = ['executions', 'seconds', 'steps', 'delay'].map((name) =>
  Number(values[name]),
);
const everyMs = 2_000;
const frozenMs = 11_000; // the lease lasts 8 s

const cluster = await startCluster({ delayMs });
const { upstream } = cluster;
const front = await cluster.start('api');
const projector = await cluster.start('projector');
const workers = await Promise.all(['worker', 'worker', 'worker'].map(cluster.start));
const api = client(front.apiKey);
const definition = await api.call(front.url, 'POST', '/workflows/definitions', callsInARow(upstream, steps));
if (definition.status !== 201) throw new Error(JSON.stringify(definition.body));

const counts = { accepted: 0, kills: 0, freezes: 0 };
const frozen = new Set();
const ids = [];
const until = Date.now() + seconds * 1_000;
await Promise.all([takeIn(), disturb()]);
for (const worker of frozen) process.kill(worker.pid, 'SIGCONT');
frozen.clear();
console.log(
  `${counts.accepted} accepted, ${counts.kills} workers killed, ${counts.freezes} frozen. What is left completes by itself …`,
);

const examiner = new Examiner(api, upstream, steps, 300_000);
for (const id of ids) await examiner.examine(front.url, id);
await signalled();

await cluster.stop([front, projector, ...workers]);

console.log(JSON.stringify({ ...counts, ...examiner.counts }));
const violations = examiner.violations + (counts.accepted - examiner.counts.completed);
console.log(violations === 0 ? 'All hold.' : `${violations} violations.`);
process.exit(violations === 0 ? 0 : 1);

/** Evenly over the time there is. */
async function takeIn() {
  const request = { workflow_type: 'definition', definition_id: definition.body.id, config: { async: true } };
  for (; ids.length < wanted; await rest((seconds * 900) / (wanted / 10))) {
    const some = Math.min(10, wanted - ids.length);
    const answers = await Promise.all(
      Array.from({ length: some }, () => api.call(front.url, 'POST', '/workflows/execute', request)),
    );
    for (const { status, body } of answers) {
      if (status !== 202) throw new Error(`${status} ${JSON.stringify(body)}`);
      ids.push(body.execution_id);
    }
    counts.accepted += some;
  }
}

/** Whoever is awake, one after the other; sometimes nobody is left. A frozen one may be killed as well. */
async function disturb() {
  const replaced = [];
  for (let turn = 0; Date.now() < until; turn += 1) {
    await rest(everyMs);
    const awake = workers.filter((worker) => !frozen.has(worker));
    if (turn % 2 === 1 && awake.length > 0) freeze(oneOf(awake));
    else if (workers.length > 0) replaced.push(replace(oneOf(workers)));
  }
  await Promise.all(replaced);
}

function oneOf(list) {
  return list[Math.floor(Math.random() * list.length)];
}

async function replace(worker) {
  workers.splice(workers.indexOf(worker), 1);
  frozen.delete(worker);
  await worker.kill('SIGKILL');
  counts.kills += 1;
  workers.push(await cluster.start('worker'));
}

function freeze(worker) {
  process.kill(worker.pid, 'SIGSTOP');
  frozen.add(worker);
  counts.freezes += 1;
  setTimeout(() => {
    if (frozen.delete(worker)) process.kill(worker.pid, 'SIGCONT');
  }, frozenMs).unref();
}

/** How long a worker takes to go on with what was waiting, when it is signalled at the process that takes requests. */
async function signalled() {
  const graph = {
    workflow_type: 'custom',
    nodes: [
      { id: 'start', type: 'start' },
      { id: 'w', type: 'wait_signal', data: { config: { name: 'go', expires_ms: 600_000 } } },
      { id: 'end', type: 'end' },
    ],
    edges: [
      { source: 'start', target: 'w' },
      { source: 'w', target: 'end' },
    ],
    config: { async: true },
  };
  const times = [];
  for (let n = 0; n < 20; n += 1) {
    const { body } = await api.call(front.url, 'POST', '/workflows/execute', graph);
    const at = `/workflows/executions/${body.execution_id}`;
    while ((await api.call(front.url, 'GET', at)).body.status !== 'waiting') await rest(20);
    const before = performance.now();
    await api.call(front.url, 'POST', `${at}/signals/go`, { payload: n });
    while ((await api.call(front.url, 'GET', at)).body.status !== 'completed') await rest(10);
    times.push(performance.now() - before);
  }
  times.sort((left, right) => left - right);
  console.log(
    `Signalled, and gone on elsewhere: p50 ${times[10].toFixed(0)} ms, at most ${times.at(-1).toFixed(0)} ms`,
  );
}
