import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { MemoryEventStore } from '#event-store';
import type { LoadedPlugin } from '#plugin-host';
import { PluginRecord } from './plugin-record.js';

const plugin = (name: string, digest: string): LoadedPlugin => ({
  name,
  version: '1.0.0',
  digest,
  source: 'outside',
  nodeTypes: [`${name}@1`],
  tools: [],
  permissions: { http: [], models: ['default'] },
});

let store: MemoryEventStore;
const warned: string[] = [];
const recordOf = (loaded: readonly LoadedPlugin[]) =>
  new PluginRecord(store, loaded, { warn: (_, message) => void warned.push(message) }, 10);

async function facts(): Promise<unknown[]> {
  const told: unknown[] = [];
  for await (const { stream, type, data } of store.readAll({})) told.push([stream, type, JSON.parse(data).digest]);
  return told;
}

beforeEach(() => {
  store = new MemoryEventStore();
  warned.length = 0;
});
afterEach(() => {
  jest.restoreAllMocks();
});

describe('the record of plugins', () => {
  it('has each once, of however many processes that start at once', async () => {
    const loaded = [plugin('greet', 'a'), plugin('greet', 'b'), plugin('hail', 'c')];
    await Promise.all([1, 2, 3, 4].map(() => recordOf(loaded).write()));
    expect((await facts()).sort()).toEqual([
      ['plugin-greet', 'PluginInstalled', 'a'],
      ['plugin-greet', 'PluginInstalled', 'b'],
      ['plugin-hail', 'PluginInstalled', 'c'],
    ]);
    expect(warned).toEqual([]);
  });

  it('says which are there no more', async () => {
    await recordOf([plugin('greet', 'a'), plugin('hail', 'c')]).write();
    await recordOf([plugin('greet', 'b')]).write();
    expect((await facts()).slice(2).sort()).toEqual([
      ['plugin-greet', 'PluginInstalled', 'b'],
      ['plugin-greet', 'PluginRemoved', 'a'],
      ['plugin-hail', 'PluginRemoved', 'c'],
    ]);
  });

  it('keeps what a manifest asks for as it was then', async () => {
    await recordOf([plugin('greet', 'a')]).write();
    const data: unknown[] = [];
    for await (const event of store.readAll({})) data.push(JSON.parse(event.data));
    expect(data).toEqual([
      {
        name: 'greet',
        version: '1.0.0',
        digest: 'a',
        source: 'outside',
        node_types: ['greet@1'],
        tools: [],
        permissions: { http: [], models: ['default'], tools: [] },
      },
    ]);
  });

  it('is made up for, where the log could not be written', async () => {
    const full = jest.spyOn(store, 'append').mockRejectedValue(new Error('No space is left.'));
    const record = recordOf([plugin('greet', 'a')]);
    await record.write();
    expect(warned).toHaveLength(1);
    full.mockRestore();
    const deadline = Date.now() + 5_000;
    while ((await facts()).length === 0 && Date.now() < deadline) await new Promise((done) => setTimeout(done, 5));
    expect(await facts()).toEqual([['plugin-greet', 'PluginInstalled', 'a']]);
    record.stop();
  });
});
