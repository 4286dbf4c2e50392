import { describe, expect, it } from '@jest/globals';
import type { Graph, NodeTypes } from '#engine';
import { MemoryEventStore } from '#event-store';
import type { Caller } from '#runtime';
import { builtInId, BuiltInTemplates } from './built-in-templates.js';
import { TemplateFilling } from './template-filling.js';
import type { ToSave } from './template.js';
import { Templates } from './templates.js';

const id = '0198c0de-0000-7000-8000-000000000000';
const by: Caller = { sub: 'usr_1', tenant: 'default', via: 'session' };
const stranger: Caller = { ...by, tenant: 'other' };
const noTypes: NodeTypes = { find: () => undefined, all: () => [] };
const graph: Graph = { nodes: [{ id: 'end', type: 'end', data: { config: { output: '{{ params.x }}' } } }], edges: [] };
const wish = (name = 'Writer'): ToSave => ({
  name,
  description: '',
  category: null,
  tags: [],
  is_public: false,
  graph,
  parameters: [{ name: 'x', type: 'string', required: false, default: 'a', secret: false, description: '' }],
  definitionId: 'd1',
});

function setup() {
  const store = new MemoryEventStore();
  const again = () => new Templates(store, store.payloads, new BuiltInTemplates(noTypes));
  return { store, templates: again(), again };
}

describe('A saved template', () => {
  it('is found by its own tenant only, also by another process', async () => {
    const { templates, again } = setup();
    const saved = await templates.create(id, wish(), by);
    expect(saved).toMatchObject({ id, name: 'Writer', version: 1, builtIn: false, position: expect.any(String) });
    for (const one of [templates, again()]) {
      const found = await one.find('default', id);
      expect(found).toEqual({ ...saved, position: null });
      expect(await one.content('default', found!)).toEqual({ graph, parameters: wish().parameters });
      expect(await one.find(stranger.tenant, id)).toBeNull();
    }
  });

  it('is the same template under the same request, and refused under another', async () => {
    const { templates } = setup();
    expect(await templates.madeBefore(id, 'sha256:1', by)).toBeNull();
    await templates.create(id, wish(), by, 'sha256:1');
    expect(await templates.madeBefore(id, 'sha256:1', by)).toMatchObject({ name: 'Writer' });
    await expect(templates.madeBefore(id, 'sha256:2', by)).rejects.toMatchObject({ code: 'idempotency_key_reused' });
    await templates.delete(id, by);
    await expect(templates.madeBefore(id, 'sha256:1', by)).rejects.toMatchObject({ code: 'template_not_found' });
    expect(await templates.find('default', id)).toBeNull();
  });

  it('keeps its content beside the log, under the digest that its event names', async () => {
    const { templates, store } = setup();
    const { content_digest } = await templates.create(id, wish(), by);
    for await (const { data } of store.readStream(`template-${id}`))
      expect(JSON.parse(data)).toMatchObject({
        content_digest,
        definition_id: 'd1',
        parameter_count: 1,
        node_count: 1,
      });
    const lost = { ...(await templates.find('default', id))!, content_digest: 'sha256:00' };
    await expect(templates.content('default', lost)).rejects.toThrow('missing from the payload store');
  });
});

describe('Filling in a template', () => {
  it('gives the graph, or what is wrong with the parameters, or nothing where there is none', async () => {
    const { templates } = setup();
    await templates.create(id, wish(), by);
    const filling = new TemplateFilling(templates, noTypes);
    const filled = await filling.fill('default', id, { x: 'b' });
    expect(filled).toMatchObject({ templateId: id, name: 'Writer', problems: [] });
    expect(filled!.graph.nodes[0]!.data.config).toEqual({ output: 'b' });
    expect((await filling.fill('default', id, { y: 'b' }))!.problems).toMatchObject([{ path: '/params/y' }]);
    expect(await filling.fill('other', id, {})).toBeNull();
  });
});

describe('A template that is built in', () => {
  const chat = builtInId('general_chat');

  it('has the same id everywhere', () => {
    expect(chat).toBe('2a956340-dcb8-8944-abdb-f46bc8df8ed5');
  });

  it('is every tenant’s, and nobody changes it', async () => {
    const { templates } = setup();
    expect(await templates.find('anybody', chat)).toMatchObject({
      name: 'general_chat',
      builtIn: true,
      owner: 'system',
    });
    await expect(templates.save(chat, wish(), by)).rejects.toMatchObject({ code: 'template_built_in' });
    expect(() => templates.delete(chat, by)).toThrow(expect.objectContaining({ code: 'template_built_in' }));
  });
});
