import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { executionStream, MemoryEventStore } from '#event-store';
import { collectPayloads } from './collect-payloads.js';
import { accepted, archiveIn, january, recordIn, runIn, totals } from './testing/recorded-runs.js';

let folder: string;
let store: MemoryEventStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'collect-'));
  store = new MemoryEventStore();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const put = async (text: string, tenant = 'default'): Promise<string> =>
  (await store.payloads.put(tenant, new TextEncoder().encode(text))).sha256;
const claim = (sha256: string) => ({ $ref: { mime: 'application/json', sha256, size: 1 } });
const isThere = async (sha256: string, tenant = 'default') => (await store.payloads.get(tenant, sha256)) !== null;
const collect = (different: object = {}) =>
  collectPayloads({ store, payloads: store.payloads, idleMs: 0, ...different });

describe('Values that nothing in the log refers to', () => {
  it('are removed; the others stay, each for the tenant that names it', async () => {
    const [named, orphan] = [await put('named'), await put('orphan')];
    await put('named', 'other');
    await runIn(store, 'a', { input: claim(named) });
    expect(await collect()).toEqual({ values: 2, bytes: 'orphan'.length + 'named'.length });
    expect([await isThere(named), await isThere(orphan), await isThere(named, 'other')]).toEqual([true, false, false]);
    expect(await collect()).toEqual({ values: 0, bytes: 0 });
  });

  it('stay for a day: the event that is to name them may be under way', async () => {
    const orphan = await put('orphan');
    expect(await collectPayloads({ store, payloads: store.payloads })).toEqual({ values: 0, bytes: 0 });
    expect(await isThere(orphan)).toBe(true);
  });

  it('stay where an event cannot be read: it may name them', async () => {
    const unknown = await put('named by what a later version wrote');
    await recordIn(store, executionStream('a'), 'StepVanished', { relic: claim(unknown) });
    await expect(collect()).rejects.toMatchObject({ code: 'unreadable_event' });
    expect(await isThere(unknown)).toBe(true);
  });

  it('are found page by page, however few are in memory at a time', async () => {
    const all = [];
    for (let n = 0; n < 25; n += 1) all.push(await put(`value ${n}`));
    for (let n = 0; n < 25; n += 3) await runIn(store, `e${n}`, { input: claim(all[n]!) });
    expect(await collect({ most: 2 })).toMatchObject({ values: 16 });
    const left = await Promise.all(all.map((sha256) => isThere(sha256)));
    expect(left).toEqual(all.map((_, n) => n % 3 === 0));
  });

  it('are those of archived executions, but for what is listed of them', async () => {
    const [input, shown] = [await put('"input"'), await put('"shown"')];
    const stream = executionStream('a');
    await recordIn(store, stream, 'ExecutionAccepted', accepted({ input: claim(input) }));
    const asked = { path: 'ask', approval_id: 'x', shown: claim(shown), shown_digest: '', assignees: [], quorum: 1 };
    await recordIn(store, stream, 'ApprovalRequested', asked);
    await recordIn(store, stream, 'ExecutionCompleted', { output: 1, metrics: totals }, january);
    await archiveIn(store, folder);
    expect(await collect()).toEqual({ values: 1, bytes: '"input"'.length });
    expect([await isThere(input), await isThere(shown)]).toEqual([false, true]);
  });
});
