/**
 * `kill -9` at a random moment in runs of ten steps that each change something outside, then a restart over the same data. What
 * has to hold afterwards says `calls.mjs`.
 *
 * npm run chaos -- --runs 100 [--per-kill 10] [--delay 200]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { callsInARow, Examiner } from './calls.mjs';
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

const dataDir = mkdtempSync(join(tmpdir(), 'chatter-chaos-'));
const upstream = await startUpstream(delayMs);
const environment = { EGRESS_ALLOW: `127.0.0.1:${upstream.port}`, LOG_LEVEL: 'error' };
let server = await startServer({ dataDir, environment });
const api = client(server.apiKey);
const definition = await api.call(server.url, 'POST', '/workflows/definitions', callsInARow(upstream, steps));
if (definition.status !== 201) throw new Error(JSON.stringify(definition.body));
const examiner = new Examiner(api, upstream, steps, 30_000 + steps * delayMs);

let [accepted, kills] = [0, 0];
while (accepted < runs) {
  const ids = await startSome(Math.min(perKill, runs - accepted));
  await new Promise((resolve) => setTimeout(resolve, Math.random() * delayMs * steps * 1.05));
  await server.kill('SIGKILL');
  kills += 1;
  server = await startServer({ dataDir, environment });
  for (const id of ids) await examiner.examine(server.url, id);
  const { completed, repeated } = examiner.counts;
  console.log(
    `${accepted} runs, ${kills} kills: ${completed} completed, ${repeated} uncertain calls repeated under their key`,
  );
}
await server.kill('SIGTERM');
await upstream.close();
rmSync(dataDir, { recursive: true });

console.log(JSON.stringify({ kills, accepted, ...examiner.counts }));
const violations = examiner.violations + (accepted - examiner.counts.completed);
console.log(violations === 0 ? 'All four hold.' : `${violations} violations.`);
process.exit(violations === 0 ? 0 : 1);

async function startSome(count) {
  const request = { workflow_type: 'definition', definition_id: definition.body.id, config: { async: true } };
  const answers = await Promise.all(
    Array.from({ length: count }, () => api.call(server.url, 'POST', '/workflows/execute', request)),
  );
  for (const { status, body } of answers) if (status !== 202) throw new Error(`${status} ${JSON.stringify(body)}`);
  accepted += answers.length;
  return answers.map(({ body }) => body.execution_id);
}
