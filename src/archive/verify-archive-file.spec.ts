import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryEventStore } from '#event-store';
import { archiveIn, runIn } from './testing/recorded-runs.js';
import { verifyArchiveFile } from './verify-archive-file.js';

let root: string;
let store: MemoryEventStore;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'archive-'));
  store = new MemoryEventStore();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const run = (id: string, different: object = {}) => runIn(store, id, different);
const archive = () => archiveIn(store, join(root, 'archive'));

describe('A file of archived executions', () => {
  const changed = async (change: (text: string) => string): Promise<string> => {
    await run('a');
    const { file } = await archive();
    const text = gunzipSync(readFileSync(file!)).toString('utf8');
    const other = join(root, 'changed.jsonl.gz');
    writeFileSync(other, gzipSync(change(text)));
    return other;
  };
  const lines = (change: (lines: string[]) => string[]) => (text: string) =>
    `${change(text.trim().split('\n')).join('\n')}\n`;

  it.each<[string, (text: string) => string, string]>([
    [
      'its digest is another',
      (text) => text.replace('"closed_before":"2026', '"closed_before":"2025'),
      'its digest is another',
    ],
    ['an event was changed', (text) => text.replace('usr_ada', 'usr_bob'), 'the execution a, event 0: data_hash'],
    ['an event is missing', lines((all) => all.toSpliced(2, 1)), 'event 0: revision_gap'],
    ['the last event is missing', lines((all) => all.toSpliced(3, 1)), 'does not end with the event that is named'],
    ['the execution is not named', lines((all) => all.toSpliced(1, 1)), 'an event of no execution'],
    ['its end is missing', lines((all) => all.slice(0, -1)), 'its end is missing'],
    ['something follows its end', (text) => `${text}{}\n`, 'something follows its end'],
    ['it is something else', () => '{"archive":{"format":"else"}}\n', 'that this version knows'],
    ['there is an unknown line', lines((all) => all.toSpliced(1, 0, '{"else":1}')), 'of a kind that this version'],
    ['there is a line that is no JSON', lines((all) => all.toSpliced(1, 0, '{')), 'cannot be read to its end'],
    ['it counts something else', (text) => text.replace('"executions":1', '"executions":2'), 'counts something else'],
    [
      'a value is another',
      lines((all) => all.toSpliced(1, 0, '{"payload":{"tenant":"t","sha256":"00","base64":""}}')),
      'is not what was stored',
    ],
  ])('is refused where %s', async (_, change, message) => {
    const file = await changed(change);
    await expect(verifyArchiveFile(file)).rejects.toMatchObject({ code: 'archive_refused' });
    await expect(verifyArchiveFile(file)).rejects.toThrow(message);
  });

  it('is refused where it was cut off', async () => {
    await run('a');
    const { file } = await archive();
    writeFileSync(file!, readFileSync(file!).subarray(0, -20));
    await expect(verifyArchiveFile(file!)).rejects.toThrow('cannot be read to its end');
  });

  it('is refused where a value that an event refers to is not in it', async () => {
    const { sha256, size } = await store.payloads.put('default', new TextEncoder().encode('"large"'));
    await run('b', { input: { $ref: { mime: 'application/json', sha256, size } } });
    const file = await changed((text) => text.replace(/\{"payload".*\n/, ''));
    await expect(verifyArchiveFile(file)).rejects.toThrow('payload_missing');
  });
});
