import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Chatter } from '../support/chatter.js';
import { edge, line, node } from '../support/graphs.js';

const at = '/api/v1/workflows/definitions';
const saying = (value: string) => line(node('say', 'transform', { value }));
/** No run could begin with it. */
const broken = { nodes: [node('start', 'start'), node('lost', 'nothing')], edges: [edge('start', 'nowhere')] };

let chatter: Chatter;
beforeAll(async () => {
  chatter = await Chatter.boot();
});
afterAll(() => chatter.close());

async function published(body: object = {}): Promise<string> {
  const { status, body: made } = await chatter.call('POST', at, { name: 'Drafted', ...saying('one'), ...body });
  expect(status).toBe(201);
  return made.id;
}
const save = (id: string, body: object, headers: Record<string, string> = {}) =>
  chatter.call('PUT', `${at}/${id}/draft`, body, headers);

describe('A draft', () => {
  it('takes any graph, runnable or not, says what is wrong with it, and makes no version', async () => {
    const id = await published();
    const saved = await save(id, broken);
    expect([saved.status, saved.headers.get('etag')]).toEqual([200, '"1"']);
    expect(saved.body).toMatchObject({
      definition_id: id,
      revision: 1,
      based_on: 1,
      newest_version: 1,
      name: 'Drafted',
    });
    expect(saved.body.validation.valid).toBe(false);
    const { body: read } = await chatter.call('GET', `${at}/${id}/draft`);
    expect(read).toEqual(saved.body);
    const { body: definition } = await chatter.call('GET', `${at}/${id}`);
    expect([definition.version, definition.nodes.length]).toEqual([1, 3]);
  });

  it('is refused where it is no graph, or holds a secret that would be kept for good', async () => {
    const id = await published();
    const none = await save(id, { nodes: [{ type: 'start' }], edges: [] });
    expect([none.status, none.body.code]).toEqual([400, 'invalid_request']);
    const secret = await save(id, saying('sk-ant-api03-Zk3nQ8sV1xW7yT5rP2mL9dF4hJ6gB0cX'));
    expect([secret.status, secret.body.code]).toEqual([422, 'definition_invalid']);
    expect(secret.body.errors[0].rule).toBe('security.literal_secret');
    expect((await chatter.call('GET', `${at}/${id}/draft`)).body.code).toBe('draft_not_found');
  });

  it('refuses a name of spaces and long tags', async () => {
    const id = await published();
    for (const [path, body] of [
      ['/name', { name: '   ' }],
      ['/tags', { tags: ['x'.repeat(101)] }],
      ['/tags', { tags: [' '] }],
    ] as const) {
      for (const [method, where] of [
        ['PUT', `${id}/draft`],
        ['PATCH', id],
      ] as const) {
        const whole = method === 'PUT' ? { ...saying('x'), ...body } : body;
        const { status, body: problem } = await chatter.call(method, `${at}/${where}`, whole);
        expect([status, problem.errors[0].path]).toEqual([400, path]);
      }
    }
    expect((await chatter.call('POST', at, { name: ' ', ...saying('x') })).status).toBe(400);
  });

  it('becomes the next version, with what else it changes, and is then gone', async () => {
    const id = await published({ tags: ['kept'] });
    await save(id, { ...saying('two'), name: 'Renamed', metadata: { team: 'x' } });
    const answer = await chatter.call('POST', `${at}/${id}/publish`);
    expect([answer.status, answer.headers.get('etag')]).toEqual([200, '"2"']);
    expect(answer.body).toMatchObject({ version: 2, name: 'Renamed', tags: ['kept'], metadata: { team: 'x' } });
    expect(answer.body.nodes[1].data.config).toEqual({ value: 'two' });
    for (const [method, where] of [
      ['GET', 'draft'],
      ['DELETE', 'draft'],
      ['POST', 'publish'],
    ] as const)
      expect((await chatter.call(method, `${at}/${id}/${where}`)).body.code).toBe('draft_not_found');
    const next = await save(id, saying('three'));
    expect(next.body).toMatchObject({ revision: 2, based_on: 2, name: 'Renamed' });
  });

  it('that cannot run is not published: 422 with every finding, and it stays', async () => {
    const id = await published();
    await save(id, broken);
    const { status, body } = await chatter.call('POST', `${at}/${id}/publish`);
    expect([status, body.code]).toEqual([422, 'definition_invalid']);
    expect(body.errors.map(({ rule }: { rule: string }) => rule)).toContain('structure.unknown_type');
    expect((await chatter.call('GET', `${at}/${id}/draft`)).status).toBe(200);
    expect((await chatter.call('GET', `${at}/${id}`)).body.version).toBe(1);
  });

  it('can be discarded', async () => {
    const id = await published();
    await save(id, saying('two'));
    expect((await chatter.call('DELETE', `${at}/${id}/draft`)).status).toBe(204);
    expect((await chatter.call('GET', `${at}/${id}/draft`)).body.code).toBe('draft_not_found');
  });

  it('is not overwritten by who has seen another revision', async () => {
    const id = await published();
    await save(id, saying('two'));
    expect((await save(id, saying('three'), { 'if-match': '"1"' })).body.revision).toBe(2);
    const stale = await save(id, saying('mine'), { 'if-match': '"1"' });
    expect([stale.status, stale.body.code, stale.body.current_revision]).toEqual([412, 'draft_is_stale', 2]);
    const gone = await chatter.call('DELETE', `${at}/${id}/draft`, undefined, { 'if-match': '"1"' });
    expect(gone.status).toBe(412);
    await chatter.call('PUT', `${at}/${id}`, { name: 'Meanwhile', ...saying('meanwhile') });
    const late = await chatter.call('POST', `${at}/${id}/publish`, undefined, { 'if-match': '"1"' });
    expect([late.status, late.body.code, late.body.current_version]).toEqual([412, 'version_is_stale', 2]);
    const { body } = await chatter.call('GET', `${at}/${id}/draft`);
    expect([body.based_on, body.newest_version]).toEqual([1, 2]);
  });

  it('is saved as often as an editor likes, and is there after a restart', async () => {
    const id = await published();
    for (let n = 0; n < 50; n += 1) await save(id, saying(`save ${n}`));
    await chatter.restart();
    const { body } = await chatter.call('GET', `${at}/${id}/draft`);
    expect(body).toMatchObject({ revision: 50, based_on: 1 });
    expect(body.nodes[1].data.config).toEqual({ value: 'save 49' });
    expect((await chatter.call('PUT', `${at}/${id}/draft`, saying('save 49'))).body.revision).toBe(50);
  });

  it('is unknown where its definition is', async () => {
    const id = await published();
    await save(id, saying('two'));
    await chatter.call('DELETE', `${at}/${id}`);
    for (const [method, where] of [
      ['GET', 'draft'],
      ['DELETE', 'draft'],
      ['POST', 'publish'],
      ['GET', 'diff'],
    ] as const)
      expect((await chatter.call(method, `${at}/${id}/${where}`)).body.code).toBe('definition_not_found');
  });
});

describe('The newest version that was seen', () => {
  it('is asked for by PATCH, DELETE and restore, too: 412 with the current one', async () => {
    const id = await published();
    await chatter.call('PUT', `${at}/${id}`, { name: 'Second', ...saying('two') });
    const with1 = { 'if-match': '"1"' };
    for (const answer of [
      await chatter.call('PATCH', `${at}/${id}`, { name: 'Mine' }, with1),
      await chatter.call('POST', `${at}/${id}/versions/1/restore`, undefined, with1),
      await chatter.call('DELETE', `${at}/${id}`, undefined, with1),
    ])
      expect([answer.status, answer.body.code, answer.body.current_version]).toEqual([412, 'version_is_stale', 2]);
    const patched = await chatter.call('PATCH', `${at}/${id}`, { name: 'Mine' }, { 'if-match': '"2"' });
    expect([patched.status, patched.headers.get('etag')]).toEqual([200, '"2"']);
    expect((await chatter.call('DELETE', `${at}/${id}`, undefined, { 'if-match': '"2"' })).status).toBe(204);
  });
});

describe('What differs', () => {
  it('between two versions, and between a version and the draft, is told by field', async () => {
    const id = await published();
    const moved = { ...saying('two').nodes[1], position: { x: 10, y: 20 } };
    const { nodes, edges } = saying('two');
    await chatter.call('PUT', `${at}/${id}`, { name: 'Second', nodes: [nodes[0], moved, nodes[2]], edges });
    const diff = (query: string) => chatter.call('GET', `${at}/${id}/diff${query}`);
    const first = await diff('?from=1&to=2');
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({
      definition_id: id,
      from: { version: 1, draft_revision: null },
      to: { version: 2, draft_revision: null },
      identical: false,
      nodes: {
        added: [],
        removed: [],
        changed: [{ id: 'say', changes: [{ path: '/data/config/value', before: 'one', after: 'two' }] }],
      },
      layout: { nodes: [{ id: 'say', changes: [{ path: '/position', after: { x: 10, y: 20 } }] }], edges: [] },
      details: [{ path: '/name', before: 'Drafted', after: 'Second' }],
    });
    expect((await diff('')).body).toEqual(first.body);
    expect((await diff('?from=2&to=2')).body.identical).toBe(true);

    expect((await diff('?to=draft')).body.code).toBe('draft_not_found');
    await save(id, { ...line(node('more', 'transform', { value: 1 })), name: 'Third' });
    const draft = await diff('?to=draft');
    expect(draft.body).toMatchObject({ from: { version: 2 }, to: { version: null, draft_revision: 1 } });
    expect(draft.body.nodes.added.map((each: { id: string }) => each.id)).toEqual(['more']);
    expect(draft.body.nodes.removed.map((each: { id: string }) => each.id)).toEqual(['say']);
    expect([draft.body.edges.added.length, draft.body.edges.removed.length]).toEqual([2, 2]);
    expect((await diff('?from=draft&to=2')).body.nodes.added[0].id).toBe('say');
  });

  it('is asked for by versions that there are', async () => {
    const id = await published();
    const status = async (query: string) => (await chatter.call('GET', `${at}/${id}/diff${query}`)).body.code;
    expect(await status('?from=1&to=9')).toBe('version_not_found');
    expect(await status('?to=1')).toBe('invalid_request');
    for (const query of ['?from=newest', '?to=0', '?from=-1', '?from=1&to=2&x=1'])
      expect(await status(query)).toBe('invalid_request');
  });
});
