import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Chatter } from '../support/chatter.js';
import { edge, line, node, twice } from '../support/graphs.js';

const at = '/api/v1/workflows/definitions';
const saying = (value: string) => line(node('say', 'transform', { value }));

let chatter: Chatter;
beforeAll(async () => {
  chatter = await Chatter.boot();
});
afterAll(() => chatter.close());

async function published(body: object = {}): Promise<string> {
  const answer = await chatter.call('POST', at, { name: 'A definition', ...saying('one'), ...body });
  expect(answer.status).toBe(201);
  return answer.body.id;
}

describe('A definition', () => {
  it('is published by POST: 201, where it is, and what was checked', async () => {
    const body = {
      name: 'Greeting',
      description: 'Says it.',
      ...saying('hello'),
      tags: ['a', 'b'],
      is_public: true,
      metadata: { team: 'x' },
    };
    const answer = await chatter.call('POST', at, body);
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      name: 'Greeting',
      description: 'Says it.',
      tags: ['a', 'b'],
      is_public: true,
      metadata: { team: 'x' },
      version: 1,
      active: false,
    });
    expect(answer.body.id).toMatch(/^wf_[0-9a-f-]{36}$/);
    expect(answer.body.owner_id).toMatch(/^usr_/);
    expect(answer.body.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(answer.body.validation).toMatchObject({ valid: true });
    expect(answer.headers.get('location')).toBe(`${at}/${answer.body.id}`);
    expect(answer.headers.get('etag')).toBe('"1"');
    expect(answer.headers.get('x-chatter-position')).toMatch(/^\d{16}(\d{24})?$/);

    const { validation: _, ...definition } = answer.body;
    const read = await chatter.call('GET', `${at}/${answer.body.id}`);
    expect(read.status).toBe(200);
    expect(read.body).toMatchObject(definition);
    expect(read.body.nodes.map(({ id }: { id: string }) => id)).toEqual(['start', 'say', 'end']);
  });

  it('is published once for one idempotency key', async () => {
    const publish = (name: string) =>
      chatter.call('POST', at, { name, ...saying('once') }, { 'idempotency-key': 'publish-once' });
    const [first, again] = [await publish('Once'), await publish('Once')];
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body.id).toBe(first.body.id);
    expect([first.headers.get('idempotent-replayed'), again.headers.get('idempotent-replayed')]).toEqual([
      null,
      'true',
    ]);
    const other = await publish('Another');
    expect([other.status, other.body.code]).toEqual([409, 'idempotency_key_reused']);
  });

  it('gets its next version by PUT; the one before stays as it was', async () => {
    const id = await published();
    const second = await chatter.call('PUT', `${at}/${id}`, { name: 'Renamed', ...saying('two') });
    expect(second.body).toMatchObject({ id, version: 2, name: 'Renamed' });
    expect(second.headers.get('etag')).toBe('"2"');

    const { body: list } = await chatter.call('GET', `${at}/${id}/versions`);
    expect(list.versions.map(({ version, name }: { version: number; name: string }) => [version, name])).toEqual([
      [2, 'Renamed'],
      [1, 'A definition'],
    ]);
    const { body: first } = await chatter.call('GET', `${at}/${id}/versions/1`);
    expect(first.version).toBe(1);
    expect(first.nodes[1].data.config).toEqual({ value: 'one' });
    expect(first.graph_digest).not.toBe(second.body.graph_digest);
  });

  it('is not overwritten by who has seen an older version', async () => {
    const id = await published();
    const put = (version: string) =>
      chatter.call('PUT', `${at}/${id}`, { name: 'Mine', ...saying('mine') }, { 'if-match': version });
    expect((await put('"1"')).status).toBe(200);
    const stale = await put('"1"');
    expect([stale.status, stale.body.code]).toEqual([412, 'version_is_stale']);
    expect(stale.body.detail).toContain('newest version is 2');
    expect((await put('2')).body.version).toBe(3);
    expect((await put('*')).body.version).toBe(4);
    const malformed = await put('newest');
    expect([malformed.status, malformed.body.code]).toEqual([400, 'invalid_header']);
  });

  it('takes one of two writers who have seen the same version', async () => {
    const id = await published();
    const put = (name: string) => chatter.call('PUT', `${at}/${id}`, { name, ...saying(name) }, { 'if-match': '"1"' });
    const statuses = (await Promise.all([put('left'), put('right')])).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([200, 412]);
  });

  it('changes its details by PATCH, without a new version', async () => {
    const id = await published({ tags: ['old'] });
    const { status, body } = await chatter.call('PATCH', `${at}/${id}`, {
      name: 'New name',
      tags: ['new'],
      active: true,
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ name: 'New name', tags: ['new'], active: true, version: 1 });
    const refused = await chatter.call('PATCH', `${at}/${id}`, { nodes: [] });
    expect([refused.status, refused.body.code]).toEqual([400, 'invalid_request']);
    expect((await chatter.call('PATCH', `${at}/${id}`, {})).body).toMatchObject({ name: 'New name', tags: ['new'] });
  });

  it('can go back to an old version, which is then the newest', async () => {
    const id = await published();
    await chatter.call('PUT', `${at}/${id}`, { name: 'A definition', ...saying('two') });
    const { status, body } = await chatter.call('POST', `${at}/${id}/versions/1/restore`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ version: 3 });
    expect(body.nodes[1].data.config).toEqual({ value: 'one' });
    const { body: list } = await chatter.call('GET', `${at}/${id}/versions`);
    expect(list.versions[0]).toMatchObject({ version: 3, restored_from: 1 });
    for (const version of ['4', '0', '-1', 'newest']) {
      expect((await chatter.call('POST', `${at}/${id}/versions/${version}/restore`)).body.code).toBe(
        'version_not_found',
      );
      expect((await chatter.call('GET', `${at}/${id}/versions/${version}`)).body.code).toBe('version_not_found');
    }
  });

  it('is gone once it is deleted, while its runs stay', async () => {
    const id = await published();
    const { body: run } = await chatter.execute({ workflow_type: 'definition', definition_id: id });
    const deleted = await chatter.call('DELETE', `${at}/${id}`);
    expect([deleted.status, deleted.body]).toEqual([204, undefined]);
    for (const method of ['GET', 'DELETE'])
      expect((await chatter.call(method, `${at}/${id}`)).body.code).toBe('definition_not_found');
    expect((await chatter.call('PUT', `${at}/${id}`, { name: 'Back', ...saying('x') })).status).toBe(404);
    expect((await chatter.execute({ workflow_type: 'definition', definition_id: id })).body.code).toBe(
      'definition_not_found',
    );
    expect((await chatter.call('GET', `/api/v1/workflows/executions/${run.execution_id}`)).body.output).toBe('one');
    const { body: list } = await chatter.call('GET', `${at}?limit=200`);
    expect(list.definitions.map((each: { id: string }) => each.id)).not.toContain(id);
  });

  it('that is waiting while it is deleted goes on', async () => {
    const id = await published(
      line(node('wait', 'delay', { duration_ms: 400 }), node('say', 'transform', { value: 'still here' })),
    );
    const { body: run } = await chatter.execute({ workflow_type: 'definition', definition_id: id });
    await chatter.call('DELETE', `${at}/${id}`);
    expect(await chatter.until(run.execution_id, 'completed', 'failed')).toMatchObject({ output: 'still here' });
  });

  it('is there after a restart, with all its versions', async () => {
    const id = await published();
    await chatter.call('PUT', `${at}/${id}`, { name: 'Kept', ...saying('two') });
    await chatter.restart();
    expect((await chatter.call('GET', `${at}/${id}`)).body).toMatchObject({ name: 'Kept', version: 2 });
    expect(
      (await chatter.execute({ workflow_type: 'definition', definition_id: id, definition_version: 1 })).body.output,
    ).toBe('one');
  });
});

describe('Validation', () => {
  const broken = {
    nodes: [node('start', 'start'), node('lost', 'transform', { value: 1 }), node('end', 'end')],
    edges: [edge('start', 'end')],
  };

  it('answers what the four layers find, and executes nothing', async () => {
    const before = await chatter.executionCount();
    const { status, body } = await chatter.call('POST', `${at}/validate`, broken);
    expect(status).toBe(200);
    expect(body).toMatchObject({ valid: false, is_valid: false });
    expect(Object.keys(body.validation)).toEqual(['structure', 'security', 'capability', 'resource']);
    expect(body.validation.structure).toMatchObject({ valid: false, skipped: false });
    expect(body.validation.structure.errors[0]).toMatchObject({ node_id: 'lost', severity: 'error', path: '/nodes/1' });
    expect(body.errors[0]).toMatchObject({ layer: 'structure', node_id: 'lost' });
    expect(await chatter.executionCount()).toBe(before);
  });

  it('finds nothing in a good graph, whether it is sent or stored', async () => {
    const { nodes, edges } = twice as unknown as { nodes: object[]; edges: object[] };
    const sent = await chatter.call('POST', `${at}/validate`, { nodes, edges });
    expect([sent.status, sent.body.valid, sent.body.errors]).toEqual([200, true, []]);
    const stored = await chatter.call('POST', `${at}/validate`, { definition_id: await published() });
    expect([stored.status, stored.body.valid]).toEqual([200, true]);
  });

  it('finds a literal secret, and does not repeat it', async () => {
    const secret = `sk-proj-${'aB3dE5fG7h'.repeat(5)}`;
    const { body } = await chatter.call('POST', `${at}/validate`, line(node('say', 'transform', { value: secret })));
    expect(body.validation.security.valid).toBe(false);
    expect(JSON.stringify(body)).not.toContain(secret);
  });

  it('keeps a broken graph from being published: 422, with what is wrong, and nothing saved', async () => {
    const id = await published();
    const post = await chatter.call('POST', at, { name: 'Broken', ...broken });
    const put = await chatter.call('PUT', `${at}/${id}`, { name: 'Broken', ...broken });
    for (const { status, body } of [post, put]) {
      expect([status, body.code]).toEqual([422, 'definition_invalid']);
      expect(body.errors[0]).toMatchObject({
        layer: 'structure',
        node_id: 'lost',
        rule: expect.stringMatching(/^structure\./),
      });
    }
    expect((await chatter.call('GET', `${at}/${id}`)).body.version).toBe(1);
  });

  it('reads old names, answers in the new ones, and warns', async () => {
    const graph = line(node('wait', 'delay', { duration: 5 }));
    const { body: validated } = await chatter.call('POST', `${at}/validate`, graph);
    expect(validated.valid).toBe(true);
    expect(validated.warnings).toEqual(expect.arrayContaining([expect.objectContaining({ rule: 'structure.alias' })]));
    const { body } = await chatter.call('POST', at, { name: 'Old names', ...graph });
    expect(body.nodes[1].data.config).toEqual({ duration_ms: 5 });
  });
});

describe('Lists', () => {
  it('give every definition once, page by page', async () => {
    for (let count = 0; count < 5; count += 1) await published({ name: `Listed ${count}`, tags: ['paged'] });
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const next: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const { status, body } = await chatter.call('GET', `${at}?tag=paged&limit=2&sort=name${next}`);
      expect([status, body.total_count]).toEqual([200, 5]);
      expect(body.definitions.length).toBeLessThanOrEqual(2);
      seen.push(...body.definitions.map(({ name }: { name: string }) => name));
      cursor = body.next_cursor;
    } while (cursor !== null);
    expect(seen).toEqual([0, 1, 2, 3, 4].map((count) => `Listed ${count}`));
  });

  it('find a definition by a word of its name', async () => {
    const id = await published({ name: 'Zebra crossing' });
    const { body } = await chatter.call('GET', `${at}?text=zebra`);
    expect(body.definitions.map((each: { id: string }) => each.id)).toEqual([id]);
  });

  it('sort by a name from a list only', async () => {
    const { status, body } = await chatter.call('GET', `${at}?sort=password`);
    expect([status, body.code]).toEqual([400, 'invalid_request']);
  });

  it('do not take the cursor of another question', async () => {
    const { body } = await chatter.call('GET', `${at}?tag=paged&limit=2&sort=name`);
    const other = await chatter.call(
      'GET',
      `${at}?tag=paged&limit=2&sort=-name&cursor=${encodeURIComponent(body.next_cursor)}`,
    );
    expect([other.status, other.body.code]).toEqual([400, 'invalid_cursor']);
  });
});

describe('What a graph may use', () => {
  const table = readFileSync(new URL('../../plugins/README.md', import.meta.url), 'utf8');
  const builtIn = [...table.matchAll(/^\| \[[a-z-]+\]\([a-z-]+\/README\.md\) +\| `([a-z_]+)`/gm)]
    .map(([, type]) => type!)
    .toSorted();

  it('is listed with the schema from which a form is drawn', async () => {
    const { status, body } = await chatter.call('GET', '/api/v1/workflows/node-types');
    expect([status, body.total_count]).toEqual([200, builtIn.length]);
    expect(body.node_types.map(({ type }: { type: string }) => type).toSorted()).toEqual(builtIn);
    for (const each of body.node_types) {
      expect(each).toMatchObject({
        version: 1,
        label: expect.stringMatching(/\S/),
        description: expect.stringMatching(/\S/),
        config_schema: { type: 'object' },
      });
      expect(['task', 'scope', 'join', 'wait']).toContain(each.kind);
    }
  });

  it('is shown in the API reference', async () => {
    const { status, body } = await chatter.call('GET', '/api/v1/openapi.json', undefined, { authorization: '' });
    expect(status).toBe(200);
    expect(body.openapi).toMatch(/^3\./);
    expect(Object.keys(body.paths)).toEqual(
      expect.arrayContaining(['/api/v1/workflows/execute', '/api/v1/workflows/definitions/{id}']),
    );
    const page = await chatter.fetch('GET', '/docs', undefined, { authorization: '' });
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  });
});
