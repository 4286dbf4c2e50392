/**
 * `kill -9` at a random moment in runs of ten steps that each change something outside, then a restart over the same data.
 *
 * 1. What was accepted completes by itself.
 * 2. The target saw no call for a step that had been recorded as completed.
 * 3. One key for each step, whatever the attempts.
 * 4. Every history verifies as a chain.
 *
 * npm run chaos -- --runs 100 [--per-kill 10] [--delay 200]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { client, startServer } from './server.mjs';
import { startUpstream } from './upstream.mjs';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '100' },
    'per-kill': { type: 'string', default: '10' },
    delay: { type: 'string', default: '200' },
  },
});
const [runs, perKill, delayMs] = [Number(values.runs), Number(values['per-kill']), Number(values.delay)];
const steps = 10;

const counts = {
  kills: 0,
  accepted: 0,
  completed: 0,
  lost: 0,
  steps: 0,
  calls: 0,
  repeated: 0,
  afterCompletion: 0,
  wrongKeys: 0,
  brokenChains: 0,
};
const dataDir = mkdtempSync(join(tmpdir(), 'chatter-chaos-'));
const upstream = await startUpstream(delayMs);
const environment = { EGRESS_ALLOW: `127.0.0.1:${upstream.port}`, LOG_LEVEL: 'error' };
let server = await startServer({ dataDir, environment });
const api = client(server.apiKey);
const definition = await api.call(server.url, 'POST', '/workflows/definitions', tenSteps());
if (definition.status !== 201) throw new Error(JSON.stringify(definition.body));

while (counts.accepted < runs) {
  const ids = await startSome(Math.min(perKill, runs - counts.accepted));
  await rest(Math.random() * delayMs * steps * 1.05);
  await server.kill('SIGKILL');
  counts.kills += 1;
  server = await startServer({ dataDir, environment });
  for (const id of ids) await examine(id);
  console.log(
    `${counts.accepted} runs, ${counts.kills} kills: ${counts.completed} completed, ${counts.repeated} uncertain calls repeated under their key`,
  );
}
await server.kill('SIGTERM');
await upstream.close();
rmSync(dataDir, { recursive: true });

console.log(JSON.stringify(counts));
const violations =
  counts.lost + counts.afterCompletion + counts.wrongKeys + counts.brokenChains + (counts.accepted - counts.completed);
console.log(violations === 0 ? 'All four hold.' : `${violations} violations.`);
process.exit(violations === 0 ? 0 : 1);

async function startSome(count) {
  const request = { workflow_type: 'definition', definition_id: definition.body.id, config: { async: true } };
  const answers = await Promise.all(
    Array.from({ length: count }, () => api.call(server.url, 'POST', '/workflows/execute', request)),
  );
  for (const { status, body } of answers) if (status !== 202) throw new Error(`${status} ${JSON.stringify(body)}`);
  counts.accepted += answers.length;
  return answers.map(({ body }) => body.execution_id);
}

async function examine(id) {
  const result = await ended(id);
  if (result === null) return void (counts.lost += 1);
  if (result.status === 'completed') counts.completed += 1;
  const { body: verified } = await api.call(server.url, 'GET', `/workflows/executions/${id}/verify`);
  if (!verified.valid) counts.brokenChains += 1;
  const { body: history } = await api.call(server.url, 'GET', `/workflows/executions/${id}/events`);
  const completedAt = new Map(
    history.events.filter(({ type }) => type === 'StepCompleted').map(({ data, at }) => [data.path, Date.parse(at)]),
  );
  for (let step = 0; step < steps; step += 1) examineStep(`${id}/s${step}`, completedAt.get(`s${step}`));
  const keys = [...upstream.calls.keys()].filter((key) => key.startsWith(`${id}/`));
  counts.wrongKeys += keys.length - steps;
}

function examineStep(key, completedAt) {
  const call = upstream.calls.get(key);
  counts.steps += 1;
  if (!call) return void (counts.wrongKeys += 1);
  counts.calls += call.times.length;
  counts.repeated += call.times.length - 1;
  counts.afterCompletion += call.times.filter((at) => completedAt !== undefined && at > completedAt).length;
}

/** Null: the server does not know it, or it did not end in time. */
async function ended(id) {
  const until = Date.now() + 30_000 + steps * delayMs;
  while (Date.now() < until) {
    const { status, body } = await api.call(server.url, 'GET', `/workflows/executions/${id}`);
    if (status === 404) return null;
    if (body.success !== null) return body;
    await rest(50);
  }
  return null;
}

function tenSteps() {
  const ids = Array.from({ length: steps }, (_, at) => `s${at}`);
  const call = (id) => ({
    id,
    type: 'http_request',
    data: { config: { url: `${upstream.url}/${id}`, method: 'POST', body: { step: id } } },
  });
  const all = ['start', ...ids, 'end'];
  return {
    name: 'Ten calls',
    nodes: [{ id: 'start', type: 'start' }, ...ids.map(call), { id: 'end', type: 'end' }],
    edges: all.slice(1).map((target, at) => ({ source: all[at], target })),
  };
}

function rest(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
