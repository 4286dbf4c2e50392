import { describe, expect, it } from '@jest/globals';
import type { Graph } from '#engine';
import { MemoryEventStore } from '#event-store';
import type { Caller } from '#runtime';
import { Definitions, type ToPublish } from './definitions.js';

const id = '0198c0de-0000-7000-8000-000000000000';
const by: Caller = { sub: 'usr_1', tenant: 'default', via: 'session' };
const stranger: Caller = { ...by, tenant: 'other' };
const graph = (end: string): Graph => ({ nodes: [{ id: end, type: 'end', data: { config: {} } }], edges: [] });
const wish = (name = 'Triage', end = 'end'): ToPublish => ({
  name,
  description: '',
  tags: [],
  is_public: false,
  metadata: {},
  graph: graph(end),
});

function setup() {
  const store = new MemoryEventStore();
  return {
    store,
    definitions: new Definitions(store, store.payloads),
    again: () => new Definitions(store, store.payloads),
  };
}

describe('Creating under one id', () => {
  it('makes it once; the same wish finds it, another is refused', async () => {
    const { definitions } = setup();
    expect(await definitions.create(id, wish(), by)).toMatchObject({
      replayed: false,
      definition: { id, position: expect.any(String) },
    });
    expect(await definitions.create(id, wish(), by)).toMatchObject({
      replayed: true,
      definition: { id, position: null },
    });
    for (const other of [wish('Other'), wish('Triage', 'finish'), { ...wish(), tags: ['x'] }]) {
      await expect(definitions.create(id, other, by)).rejects.toMatchObject({ code: 'idempotency_key_reused' });
    }
  });

  it('makes it once for two at the same time', async () => {
    const { definitions, again } = setup();
    const both = await Promise.all([definitions, again()].map((each) => each.create(id, wish(), by)));
    expect(both.map(({ replayed }) => replayed).toSorted()).toEqual([false, true]);
    expect(both[0]!.definition.state.versions).toHaveLength(1);
  });

  it('answers as for it now: changed, with new versions, or gone', async () => {
    const { definitions } = setup();
    await definitions.create(id, wish(), by);
    await definitions.change(id, { description: 'Changed' }, by);
    await definitions.publish(id, wish('Second', 'finish'), by);
    const { definition } = await definitions.create(id, wish(), by);
    expect(definition.state).toMatchObject({ name: 'Second', versions: [{ version: 1 }, { version: 2 }] });
    await definitions.delete(id, by);
    await expect(definitions.create(id, wish(), by)).rejects.toMatchObject({ code: 'definition_not_found' });
  });
});

describe('A published version', () => {
  it('is there with its graph, for runs of it and for the newest', async () => {
    const { definitions, again } = setup();
    await definitions.create(id, wish(), by);
    await definitions.publish(id, wish('Second', 'finish'), by, 1);
    for (const source of [definitions, again()]) {
      expect(await source.load('default', id)).toMatchObject({ version: 2, name: 'Second', graph: graph('finish') });
      expect(await source.load('default', id, 1)).toMatchObject({ version: 1, name: 'Triage', graph: graph('end') });
      expect(await source.load('default', id, 3)).toBeNull();
    }
  });

  it('comes back as the newest', async () => {
    const { definitions } = setup();
    await definitions.create(id, wish(), by);
    await definitions.publish(id, wish('Second', 'finish'), by);
    const { state } = await definitions.restore(id, 1, by);
    expect(state.versions.at(-1)).toMatchObject({
      version: 3,
      name: 'Triage',
      graph_digest: state.versions[0]!.graph_digest,
      restored_from: 1,
    });
    await expect(definitions.restore(id, 9, by)).rejects.toMatchObject({ code: 'version_not_found' });
  });

  it('is unknown to another tenant, and to everybody once it is deleted', async () => {
    const { definitions } = setup();
    await definitions.create(id, wish(), by);
    expect([await definitions.load('other', id), await definitions.find('other', id)]).toEqual([null, null]);
    await expect(definitions.restore(id, 1, stranger)).rejects.toMatchObject({ code: 'version_not_found' });
    await definitions.delete(id, by);
    expect(await definitions.load('default', id)).toBeNull();
  });

  it('whose graph is missing from the store is a bug, and said as such', async () => {
    await expect(setup().definitions.graph('default', 'sha256:missing')).rejects.toThrow(
      'missing from the payload store',
    );
  });

  it('does not fill the memory: what was used longest ago is read again', async () => {
    const { definitions } = setup();
    for (let at = 0; at < 1_001; at += 1) {
      await definitions.create(`0198c0de-0000-7000-8000-${String(at).padStart(12, '0')}`, wish('Many', `end${at}`), by);
    }
    expect(await definitions.load('default', '0198c0de-0000-7000-8000-000000000000')).toMatchObject({
      graph: graph('end0'),
    });
  });
});

describe('A stranger with the id', () => {
  it('gets another one: nothing of what is there is told', async () => {
    const { definitions } = setup();
    await definitions.create(id, wish(), by);
    await expect(definitions.create(id, wish(), stranger)).rejects.toMatchObject({ code: 'definition_not_found' });
  });
});
