/**
 * `kill -9` at a random moment in conversations in which several messages are on their way, then a restart over the same data.
 *
 * 1. Every message that was accepted is answered by itself, once, and in the order in which it was received.
 * 2. Whenever a model was asked, it was told every message before with its answer.
 *
 * node_modules/.bin/node test/chaos/kill-a-talk.mjs --rounds 20 [--talks 5] [--messages 3] [--delay 150]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { client, startServer } from './server.mjs';
import { startSlowModel } from './slow-model.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    talks: { type: 'string', default: '5' },
    messages: { type: 'string', default: '3' },
    delay: { type: 'string', default: '150' },
  },
});
const [rounds, talks, messages, delayMs] = ['rounds', 'talks', 'messages', 'delay'].map((name) => Number(values[name]));

const counts = {
  kills: 0,
  accepted: 0,
  refused: 0,
  answered: 0,
  unanswered: 0,
  twice: 0,
  disordered: 0,
  asked: 0,
  ignorant: 0,
};
const dataDir = mkdtempSync(join(tmpdir(), 'chatter-chaos-'));
const model = await startSlowModel(delayMs);
const environment = {
  OPENAI_BASE_URL: model.url,
  OPENAI_API_KEY: 'sk-chaos',
  MODEL_DEFAULT: 'openai/m',
  LOG_LEVEL: 'error',
};
let server = await startServer({ dataDir, environment });
const api = client(server.apiKey);
const config = { async: true, enable_memory: true, memory_window: 1_000 };
const chat = (message, conversation_id) =>
  api.call(server.url, 'POST', '/workflows/execute', { workflow_type: 'chat', message, conversation_id, config });

const known = [];
for (let talk = 0; talk < talks; talk += 1) {
  const { body } = await chat(`${talk}: begin`);
  known.push({ id: body.metadata.conversation_id, sent: [`${talk}: begin`] });
}

for (let round = 0; round < rounds; round += 1) {
  const sending = known.map(async ({ id, sent }, talk) => {
    for (let n = 0; n < messages; n += 1) {
      const message = `${talk}: round ${round}, message ${n}`;
      const answer = await chat(message, id).catch(() => null); // killed meanwhile: nobody knows
      if (answer?.status === 202) sent.push(message);
      counts[answer?.status === 202 ? 'accepted' : 'refused'] += 1;
    }
  });
  await rest(Math.random() ** 3 * delayMs * (messages + 1)); // often while they are still being received
  await server.kill('SIGKILL');
  counts.kills += 1;
  await Promise.all(sending);
  server = await startServer({ dataDir, environment });
}
for (const talk of known) await examine(talk);
for (const told of model.asked) examineWhatWasTold(told);
await server.kill('SIGTERM');
await model.close();
rmSync(dataDir, { recursive: true });

console.log(JSON.stringify(counts));
const violations = counts.unanswered + counts.twice + counts.disordered + counts.ignorant;
console.log(violations === 0 ? 'Both hold.' : `${violations} violations.`);
process.exit(violations === 0 ? 0 : 1);

async function examine({ id, sent }) {
  const said = await settled(id);
  const questions = said.filter(({ role }) => role === 'user');
  const place = new Map(questions.map(({ content }, at) => [content, at]));
  const places = sent.map((message) => place.get(message) ?? -1);
  counts.disordered += places.filter((at, index) => index > 0 && at <= places[index - 1]).length;
  for (const { content, answer } of questions) {
    const answers = said.filter((each) => each.role === 'assistant' && each.content === `re: ${content}`).length;
    if (answers > 1 || questions.filter((each) => each.content === content).length > 1) counts.twice += 1;
    if (answers === 1) counts.answered += 1;
    else if (sent.includes(content) || answer !== 'failed') counts.unanswered += 1;
  }
  said.forEach(({ role, content }, at) => {
    if (role === 'assistant' && content !== `re: ${said[at - 1]?.content}`) counts.disordered += 1;
  });
}

/** A message whose execution never came has no answer: it is the only one that may be followed by another question. */
function examineWhatWasTold(told) {
  counts.asked += 1;
  const before = told.slice(0, -1);
  const answers = before.filter((content) => content.startsWith('re: '));
  const orphans = before.filter((content) => !content.startsWith('re: ') && !answers.includes(`re: ${content}`));
  if (orphans.some((content) => known.some(({ sent }) => sent.includes(content)))) counts.ignorant += 1;
}

/** All messages, once none awaits its answer any more; a message whose execution never came has failed after a minute. */
async function settled(id) {
  for (const until = Date.now() + 120_000; ;) {
    const said = [];
    for (let cursor = ''; cursor !== null;) {
      const { body } = await api.call(
        server.url,
        'GET',
        `/conversations/${id}/messages?limit=200${cursor && `&cursor=${cursor}`}`,
      );
      said.push(...body.messages);
      cursor = body.next_cursor;
    }
    if (said.every(({ answer }) => answer !== 'pending') || Date.now() > until) return said;
    await rest(250);
  }
}

function rest(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
