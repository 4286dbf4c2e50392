import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  archiveStream,
  conversationStream,
  executionStream,
  MemoryEventStore,
  verifyChain,
  type RecordedEvent,
} from '#event-store';
import { accepted, archiveIn, historyIn, january, recordIn, runIn, totals } from './testing/recorded-runs.js';
import { verifyArchiveFile } from './verify-archive-file.js';

let root: string;
let folder: string;
let store: MemoryEventStore;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'archive-'));
  folder = join(root, 'archive');
  store = new MemoryEventStore();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const history = (stream: string) => historyIn(store, stream);
const record = (...[stream, type, data]: readonly [string, string, object]) => recordIn(store, stream, type, data);
const run = (id: string, different: object = {}, at = january, tenant = 'default') =>
  runIn(store, id, different, at, tenant);
const archive = (different: Parameters<typeof archiveIn>[2] = {}) => archiveIn(store, folder, different);
const archived = async () =>
  (await history(archiveStream('2026-11'))).map(({ data, envelope }) => ({ ...JSON.parse(data), of: envelope.tenant }));

describe('Archiving executions', () => {
  it('moves what ended before the moment into a file, and keeps what it came to', async () => {
    await run('a', { definition_name: 'Triage' });
    await run('b', {}, january, 'other');
    await run('late', {}, '2026-02-01T00:00:00.000Z');
    await record(executionStream('open'), 'ExecutionAccepted', accepted());
    const heads = (await history(executionStream('a'))).at(-1)!.envelope.hash;

    const report = await archive();
    expect(report).toMatchObject({ executions: 2, events: 4, finished: 0, leftAlone: [] });
    expect(report.file).toBe(join(folder, 'executions-2026-11-23T08-00-00-000Z.jsonl.gz'));
    expect(statSync(report.file!).mode & 0o777).toBe(0o600);
    expect(await history(executionStream('a'))).toEqual([]);
    expect(await history(executionStream('late'))).toHaveLength(2);
    expect(await history(executionStream('open'))).toHaveLength(1);
    expect(await archived()).toMatchObject([
      {
        execution_id: 'a',
        of: 'default',
        ended_at: january,
        events: 2,
        head: heads,
        file: 'executions-2026-11-23T08-00-00-000Z.jsonl.gz',
        file_sha256: report.fileSha256,
        payload: { executions: { row: { status: 'completed', definition_name: 'Triage', duration_ms: 4, tokens: 2 } } },
      },
      { execution_id: 'b', of: 'other' },
    ]);
    const stream = archiveStream('2026-11');
    expect(await verifyChain(stream, store.readStream(stream))).toMatchObject({ valid: true, events: 2 });
    expect(await verifyArchiveFile(report.file!)).toMatchObject({ executions: 2, events: 4, payloads: 0 });
  });

  it('keeps every event in the file as it was stored, and what it refers to', async () => {
    const { sha256, size } = await store.payloads.put('default', new TextEncoder().encode('"large"'));
    const input = { $ref: { mime: 'application/json', sha256, size } };
    await run('a', { input });
    await run('b', { input });
    const [first] = await history(executionStream('a'));
    const { file } = await archive();
    const lines = gunzipSync(readFileSync(file!))
      .toString('utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const events = lines.filter(({ event }) => event);
    expect(events[0].event).toEqual({ ...first, revision: 0 });
    expect(lines.filter(({ payload }) => payload)).toEqual([
      { payload: { tenant: 'default', sha256, base64: Buffer.from('"large"').toString('base64') } },
    ]);
    expect(await verifyArchiveFile(file!)).toMatchObject({ executions: 2, events: 4, payloads: 1 });
  });

  it('goes on in the same month behind what is there', async () => {
    await run('a');
    await archive();
    await run('b');
    await archive({ at: '2026-11-23T09:00:00.000Z' });
    const stream = archiveStream('2026-11');
    expect(await verifyChain(stream, store.readStream(stream))).toMatchObject({ valid: true, events: 2 });
  });

  it('archives hundreds at once', async () => {
    for (let at = 0; at < 250; at += 1) await run(`many-${at}`);
    expect(await archive()).toMatchObject({ executions: 250, events: 500 });
    expect(await archived()).toHaveLength(250);
  });

  it.each([{ most: 2 }, { mostBytes: 1_500 }])('leaves what is too much for one run to the next: %j', async (bound) => {
    for (const id of ['a', 'b', 'c']) await run(id);
    expect(await archive(bound)).toMatchObject({ executions: 2, rest: 1 });
    expect(await archive({ ...bound, at: '2026-11-24T08:00:00.000Z' })).toMatchObject({ executions: 1, rest: 0 });
  });

  it('passes over what is gone, though the whole log still gives it', async () => {
    await run('a');
    const { log } = store as unknown as { log: (RecordedEvent | null)[] };
    const before = [...log];
    await archive();
    before.forEach((event, at) => (log[at] = event));
    expect(await archive({ at: '2026-11-24T08:00:00.000Z' })).toMatchObject({ executions: 0, finished: 0, rest: 0 });
  });

  it('only says what it would do, where that is asked', async () => {
    await run('a');
    expect(await archive({ dryRun: true })).toMatchObject({ file: null, executions: 1, events: 2 });
    expect(existsSync(folder)).toBe(false);
    expect(await history(executionStream('a'))).toHaveLength(2);
  });

  it('writes no file where there is nothing to archive', async () => {
    expect(await archive()).toEqual({
      file: null,
      fileSha256: null,
      executions: 0,
      events: 0,
      finished: 0,
      leftAlone: [],
      rest: 0,
    });
    expect(existsSync(folder)).toBe(false);
  });

  it('refuses a moment that is not past', async () => {
    await expect(archive({ closedBefore: '2027-01-01T00:00:00.000Z' })).rejects.toMatchObject({
      code: 'archive_refused',
    });
  });

  it('overwrites no file', async () => {
    await run('a');
    const { file } = await archive();
    await run('b');
    const before = readFileSync(file!);
    await expect(archive()).rejects.toThrow('is there already');
    expect(readFileSync(file!).equals(before)).toBe(true);
    expect(await history(executionStream('b'))).toHaveLength(2);
  });

  it('is finished by the next run, where one did not come to its end', async () => {
    await run('a');
    await run('b');
    const tombstone = store.tombstone.bind(store);
    store.tombstone = async () => {
      throw new Error('The process is gone.');
    };
    await expect(archive()).rejects.toThrow('The process is gone.');
    expect(await archived()).toHaveLength(2);
    store.tombstone = tombstone;
    expect(await archive({ dryRun: true, at: '2026-11-24T08:00:00.000Z' })).toMatchObject({ finished: 2 });
    const elsewhere = { dryRun: true, folder: join(root, 'elsewhere'), at: '2026-11-24T08:00:00.000Z' };
    expect(await archive(elsewhere)).toMatchObject({ finished: 0, executions: 2 });
    expect(await history(executionStream('a'))).toHaveLength(2);
    expect(await archive({ at: '2026-11-24T08:00:00.000Z' })).toMatchObject({ file: null, executions: 0, finished: 2 });
    expect(await archived()).toHaveLength(2);
    expect(await history(executionStream('a'))).toEqual([]);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('leaves no file, and every history, where the file cannot be written', async () => {
    await run('a');
    await run('b');
    store.payloads.get = async () => {
      throw new Error('The disk is gone.');
    };
    await run('c', { input: { $ref: { sha256: 'f'.repeat(64) } } });
    await expect(archive()).rejects.toThrow('The disk is gone.');
    expect(readdirSync(folder)).toEqual([]);
    expect(await history(executionStream('a'))).toHaveLength(2);
    writeFileSync(join(root, 'file'), '');
    await expect(archive({ folder: join(root, 'file', 'below') })).rejects.toMatchObject({ code: 'ENOTDIR' });
  });
});

describe('An execution that has ended', () => {
  const staysFor = async (why: string) => {
    const { leftAlone, executions } = await archive();
    expect(leftAlone).toEqual([{ id: 'a', why: expect.stringContaining(why) }]);
    expect(executions).toBe(0);
    expect((await history(executionStream('a'))).length).toBeGreaterThan(0);
  };

  it('stays while its parent goes on, and no longer', async () => {
    await record(executionStream('p'), 'ExecutionAccepted', accepted());
    await run('a', { parent: { execution_id: 'p', path: 'child', depth: 1 } });
    await staysFor('its parent p has not ended');
    await record(executionStream('p'), 'ExecutionCompleted', { output: null, metrics: totals });
    expect(await archive()).toMatchObject({ executions: 2 });
  });

  it('goes where its parent has gone before', async () => {
    await run('a', { parent: { execution_id: 'p', path: 'child', depth: 1 } });
    expect(await archive()).toMatchObject({ executions: 1 });
  });

  it('stays until its conversation has the answer', async () => {
    const conversation = conversationStream('c1');
    await record(conversation, 'MessageReceived', { message_id: 'm', execution_id: 'a', message: 'Hi' });
    await run('a', { conversation_id: 'c1' });
    await staysFor('the conversation c1 does not have its answer yet');
    await record(conversation, 'MessageAnswered', { message_id: 'n', execution_id: 'a', message: 'Hello' });
    expect(await archive()).toMatchObject({ executions: 1 });
  });

  it('goes where its conversation was deleted, or never came to be', async () => {
    await record(conversationStream('c1'), 'MessageReceived', { message_id: 'm', execution_id: 'a', message: 'Hi' });
    await record(conversationStream('c1'), 'ConversationDeleted', {});
    await run('a', { conversation_id: 'c1' });
    await run('b', { conversation_id: 'c2' });
    expect(await archive()).toMatchObject({ executions: 2 });
  });

  it('stays where a value that it refers to is missing', async () => {
    await run('a', { input: { $ref: { mime: 'application/json', sha256: 'f'.repeat(64), size: 1 } } });
    await staysFor('the stored value ffff');
  });

  it('stays where this version cannot read it', async () => {
    await record(executionStream('a'), 'ExecutionAccepted', accepted());
    await record(executionStream('a'), 'StepVanished', {});
    await record(executionStream('a'), 'ExecutionCompleted', { output: null, metrics: totals });
    await staysFor('does not know events of the type StepVanished');
  });

  it('stays where its chain is broken', async () => {
    await run('a');
    const events = (store as unknown as { streams: Map<string, RecordedEvent[]> }).streams.get(executionStream('a'))!;
    events[0] = { ...events[0]!, data: '{}' };
    await staysFor('its chain is broken at event 0 (data_hash)');
  });

  it('stays where what is listed of it cannot be told, or is too large to keep', async () => {
    await record(executionStream('a'), 'ExecutionCompleted', { output: null, metrics: totals });
    await staysFor('does not begin with ExecutionAccepted');
    store = new MemoryEventStore();
    await run('a', { tags: ['x'.repeat(600_000)] });
    await staysFor('what is listed of it takes');
  });
});
