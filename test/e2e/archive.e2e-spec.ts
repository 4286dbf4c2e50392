import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventStore, PayloadStore } from '#event-store';
import { ReadModel } from '#read-model';
import { archiveExecutions } from '../../src/archive/archive-executions.js';
import { collectPayloads } from '../../src/archive/collect-payloads.js';
import { verifyArchiveFile } from '../../src/archive/verify-archive-file.js';
import { runCommand } from '../../src/cli/run-command.js';
import { Chatter, type AnyBody } from '../support/chatter.js';
import { custom, node } from '../support/graphs.js';
import { storesOf } from '../support/stores.js';

const api = '/api/v1/workflows';

/** On whatever stores the test command asks for, beside a server that goes on. */
describe('What is archived while the server runs', () => {
  let chatter: Chatter;
  let folder: string;
  let conversation: string;
  const ids: string[] = [];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'chatter-archive-'));
    chatter = await Chatter.boot();
  });
  afterAll(async () => {
    await chatter.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = async (body: object): Promise<AnyBody> => {
    const answer = await chatter.execute(body);
    expect(answer.status).toBe(200);
    ids.push(answer.body.execution_id);
    return answer.body;
  };
  const read = async (path: string): Promise<AnyBody> => (await chatter.call('GET', path)).body;
  /** An execution that waits for an approval. */
  const asked = async (show = 'all of it'): Promise<AnyBody> => {
    const ask = { ...custom(node('ask', 'approval', { title: 'Pay?', show })), config: { async: true } };
    const { body } = await chatter.execute(ask);
    return chatter.until(body.execution_id, 'waiting');
  };
  const decide = async (id: string): Promise<void> => {
    const [{ id: approval, shown_digest }] = (await read(`${api}/approvals?execution_id=${id}`)).approvals;
    const decision = { decision: 'approved', shown_digest };
    const { status } = await chatter.call('POST', `${api}/executions/${id}/approvals/${approval}`, decision);
    expect(status).toBe(202);
    await chatter.until(id, 'completed');
    ids.push(id);
  };
  const archive = () => {
    const [store, payloads] = [chatter.nest.get(EventStore), chatter.nest.get(PayloadStore)];
    const at = new Date(Date.now() + 1).toISOString();
    return archiveExecutions({ store, payloads, closedBefore: at, folder, at, dryRun: false });
  };
  /** What a caller sees of all executions, and of what they were for. */
  const seen = async () => ({
    executions: await read(`${api}/executions?limit=200`),
    approvals: await read(`${api}/approvals?limit=200`),
    conversation: await read(`/api/v1/conversations/${conversation}`),
    messages: await read(`/api/v1/conversations/${conversation}/messages`),
  });

  it('leaves lists, approvals and conversations as they were', async () => {
    await run(custom(node('t', 'transform', { value: '{{ 6 * 7 }}' })));
    await run(custom(node('t', 'transform', { value: 'x'.repeat(70_000) })));
    const failed = await run(custom(node('t', 'transform', { value: '{{ input.none.at_all }}' })));
    expect(failed.status).toBe('failed');
    const chat = await run({ workflow_type: 'chat', message: 'Hello there' });
    conversation = chat.metadata.conversation_id;
    await decide((await asked('x'.repeat(70_000))).execution_id);
    const { execution_id: open } = await asked();
    const before = await seen();

    const report = await archive();
    expect(report).toMatchObject({ executions: 5, leftAlone: [] });
    expect(await seen()).toEqual(before);
    await chatter.restart();
    expect(await seen()).toEqual(before);
    expect((await read(`${api}/executions/${open}`)).status).toBe('waiting');
    expect(await verifyArchiveFile(report.file!)).toMatchObject({ executions: 5, events: report.events });
  });

  it('leaves them so when the values that nothing refers to any more are removed', async () => {
    const before = await seen();
    await collectPayloads({ store: chatter.nest.get(EventStore), payloads: chatter.nest.get(PayloadStore), idleMs: 0 });
    expect(await seen()).toEqual(before);
  });

  it('is found in the file that the answer names, and by its tenant alone', async () => {
    for (const id of ids) {
      const { status, body } = await chatter.call('GET', `${api}/executions/${id}`);
      expect([status, body.code]).toEqual([410, 'execution_archived']);
      expect(readdirSync(folder)).toContain(body.archived.file);
    }
  });

  it('does not keep a conversation from going on', async () => {
    const body = { workflow_type: 'chat', conversation_id: conversation, message: 'And then?' };
    const answer = await chatter.execute(body);
    expect([answer.status, answer.body.status]).toEqual([200, 'completed']);
    const { messages } = await read(`/api/v1/conversations/${conversation}/messages`);
    expect(messages).toHaveLength(4);
  });

  it('is archived by the command, too, where the log is one that several processes share', async () => {
    const stores = await storesOf(chatter.dataDir);
    const said: string[] = [];
    const say = (text: string) => void said.push(text);
    const variables = { DATA_DIR: chatter.dataDir, LOG_LEVEL: 'silent', ...stores };
    const command = (...args: readonly string[]) =>
      runCommand(args, { variables, now: () => Date.now() + 1, say, complain: say });
    const shared = stores['EVENT_STORE_URL'] !== undefined;
    const now = new Date().toISOString();
    const code = await command('archive', '--closed-before', now, '--to', folder);
    const refused = [1, expect.stringContaining('Another process is working in')];
    expect([code, said.join()]).toEqual(shared ? [0, expect.stringContaining('Archived 1 executions')] : refused);
    expect(await command('verify', '--all')).toBe(0);
    expect(said.at(-1)).toMatch(/^Verified: \d+ streams, \d+ events\.$/);
    const stream = `archive-${now.slice(0, 7)}`;
    expect(await command('verify', '--stream', stream)).toBe(0);
    expect(await command('verify', '--stream', 'execution-none')).toBe(1);
  });

  it('gives the same tables when they are made anew', async () => {
    const readModel = chatter.nest.get(ReadModel);
    const store = chatter.nest.get(EventStore);
    expect(await readModel.waitFor((await store.head())!, 5_000)).toBe(true);
    const dir = mkdtempSync(join(folder, 'anew-'));
    const options = { reader: store, database: { kind: 'sqlite', dir }, projector: 'inline' } as const;
    const anew = await ReadModel.open(options);
    expect(await anew.waitFor((await store.head())!, 10_000)).toBe(true);
    expect(await anew.digest()).toBe(await readModel.digest());
    await anew.close();
  });
});
