import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import canonicalize from 'canonicalize';
import { Chatter } from '../support/chatter.js';

const templates = '/api/v1/workflows/templates';
const definitions = '/api/v1/workflows/definitions';

const node = (id: string, type: string, config: object = {}) => ({ id, type, data: { config } });
const edge = (source: string, target: string) => ({ source, target });
const greeting = {
  name: 'Greeting',
  description: 'Greets somebody.',
  category: 'examples',
  tags: ['greeting'],
  parameters: [
    { name: 'who', type: 'string', required: true, description: 'whom to greet' },
    { name: 'times', type: 'integer', default: 1 },
  ],
  nodes: [
    node('start', 'start'),
    node('greet', 'transform', { value: { text: 'Hello {{ params.who }}!', times: '{{ params.times }}' } }),
    node('end', 'end'),
  ],
  edges: [edge('start', 'greet'), edge('greet', 'end')],
};

let chatter: Chatter;
beforeAll(async () => {
  chatter = await Chatter.boot();
});
afterAll(() => chatter.close());

const call = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
  chatter.call(method, path, body, headers);
const make = async (different: object = {}): Promise<{ readonly id: string }> => {
  const { status, body } = await call('POST', templates, { ...greeting, ...different });
  expect([status, body.code]).toEqual([201, undefined]);
  return body;
};
const run = (template_id: string, params: object, more: object = {}) =>
  chatter.execute({ workflow_type: 'template', template_id, params, ...more });
const builtIn = async (name: string): Promise<string> => {
  const { body } = await call('GET', `${templates}?limit=200&text=${encodeURIComponent(name)}`);
  return body.templates.find((each: { name: string }) => each.name === name).id;
};

describe('A definition from a template', () => {
  it('is published with the parameters filled in', async () => {
    const { id } = await make();
    const wish = { template_id: id, name: 'Greet Ada', params: { who: 'Ada' } };
    const { status, headers, body } = await call('POST', `${definitions}/from-template`, wish);
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`${definitions}/${body.id}`);
    expect(body).toMatchObject({ name: 'Greet Ada', version: 1, metadata: { template_id: id, template_version: 1 } });
    const { body: result } = await chatter.execute({ workflow_type: 'definition', definition_id: body.id });
    expect(result.output).toEqual({ text: 'Hello Ada!', times: 1 });
  });

  it('is made once under one key', async () => {
    const wish = { template_id: await builtIn('general_chat') };
    const key = { 'idempotency-key': 'from-template' };
    const first = await call('POST', `${definitions}/from-template`, wish, key);
    const again = await call('POST', `${definitions}/from-template`, wish, key);
    expect([again.headers.get('idempotent-replayed'), again.body.id, again.body.name]).toEqual([
      'true',
      first.body.id,
      'general_chat',
    ]);
  });

  it('is refused where the parameters do not fit', async () => {
    const { id } = await make();
    const { status, body } = await call('POST', `${definitions}/from-template`, {
      template_id: id,
      params: { whom: 'x' },
    });
    expect([status, body.code]).toEqual([422, 'params_invalid']);
    expect(body.errors.map((each: { path: string }) => each.path)).toEqual(['/params/who', '/params/whom']);
    const malformed = await call('POST', `${definitions}/from-template`, { template_id: id, params: [] });
    expect([malformed.status, malformed.body.code]).toEqual([400, 'invalid_request']);
  });
});

describe('A template that is exported and imported', () => {
  const exported = async (id: string) => (await call('GET', `${templates}/${id}/export`)).body;
  const digestOf = (value: unknown) => `sha256:${createHash('sha256').update(canonicalize(value)!).digest('hex')}`;
  const sealed = (template: unknown) => ({
    format: 'chatter.template',
    version: 1,
    digest: digestOf(template),
    template,
  });

  it('is the same, under a free name', async () => {
    const { id } = await make({ name: 'Traveller', is_public: true });
    const envelope = await exported(id);
    expect(envelope).toEqual(sealed(envelope.template));
    expect(Object.keys(envelope.template).toSorted()).toEqual([
      'category',
      'description',
      'edges',
      'name',
      'nodes',
      'parameters',
      'tags',
    ]);
    const count = await chatter.executionCount();
    await call('DELETE', `${templates}/${id}`);
    const { status, headers, body } = await call('POST', `${templates}/import`, envelope);
    expect([status, body.name, body.warnings, body.is_public]).toEqual([201, 'Traveller', [], false]);
    expect(headers.get('location')).toBe(`${templates}/${body.id}`);
    expect((await exported(body.id)).digest).toBe(envelope.digest);
    expect(await chatter.executionCount()).toBe(count);
  });

  it('gets another name where its own is taken, with a warning', async () => {
    const { id } = await make({ name: 'Twin' });
    const envelope = await exported(id);
    const second = await call('POST', `${templates}/import`, envelope);
    expect([second.status, second.body.name]).toEqual([201, 'Twin (2)']);
    expect(second.body.warnings).toEqual([
      expect.objectContaining({ code: 'template_renamed', path: '/template/name' }),
    ]);
    expect((await call('POST', `${templates}/import?on_conflict=rename`, envelope)).body.name).toBe('Twin (3)');
  });

  it('takes the place of one of its name, or is refused, where that is asked for', async () => {
    const { id } = await make({ name: 'Heir', is_public: true });
    const { template } = await exported(id);
    const newer = sealed({ ...template, description: 'Newer' });
    const { status, body } = await call('POST', `${templates}/import?on_conflict=replace`, newer);
    expect([status, body.id, body.version, body.description, body.is_public]).toEqual([200, id, 2, 'Newer', true]);
    expect(body.warnings).toEqual([expect.objectContaining({ code: 'template_replaced' })]);
    const refused = await call('POST', `${templates}/import?on_conflict=fail`, newer);
    expect([refused.status, refused.body.code]).toEqual([409, 'template_name_taken']);
    const fresh = sealed({ ...template, name: 'Nobody has this name' });
    expect((await call('POST', `${templates}/import?on_conflict=fail`, fresh)).status).toBe(201);
  });

  it('of what is built in becomes one of your own', async () => {
    const envelope = await exported(await builtIn('document_qa'));
    const { body } = await call('POST', `${templates}/import`, envelope);
    expect([body.name, body.built_in]).toEqual(['document_qa (2)', false]);
    expect((await run(body.id, {}, { input_data: { message: 'Hello' } })).body.success).toBe(true);
    const replaced = await call(
      'POST',
      `${templates}/import?on_conflict=replace`,
      await exported(await builtIn('code_assistant')),
    );
    expect([replaced.status, replaced.body.code]).toEqual([409, 'template_built_in']);
  });

  it('is imported once under one key', async () => {
    const envelope = await exported((await make({ name: 'Once' })).id);
    const key = { 'idempotency-key': 'import-once' };
    const first = await call('POST', `${templates}/import`, envelope, key);
    const again = await call('POST', `${templates}/import`, envelope, key);
    expect([again.status, again.headers.get('idempotent-replayed'), again.body.id, again.body.name]).toEqual([
      201,
      'true',
      first.body.id,
      'Once (2)',
    ]);
    const other = await call('POST', `${templates}/import?on_conflict=fail`, envelope, key);
    expect([other.status, other.body.code]).toEqual([409, 'idempotency_key_reused']);
  });

  it('that was changed on its way, or is of another version, is refused', async () => {
    const envelope = await exported((await make({ name: 'Sealed' })).id);
    const refused = async (body: unknown) => {
      const answer = await call('POST', `${templates}/import`, body);
      return [answer.status, answer.body.code];
    };
    const changed = { ...envelope, template: { ...envelope.template, name: 'Other' } };
    expect(await refused(changed)).toEqual([422, 'import_digest_mismatch']);
    expect(await refused({ ...envelope, version: 2 })).toEqual([422, 'import_unsupported']);
    expect(await refused({ ...envelope, format: 'other.template' })).toEqual([422, 'import_unsupported']);
    expect(await refused({ ...envelope, more: 1 })).toEqual([400, 'invalid_request']);
    expect(await refused([])).toEqual([400, 'invalid_request']);
    expect(await refused({})).toEqual([400, 'invalid_request']);
  });

  it('is held to what a template is held to', async () => {
    const { template } = await exported((await make({ name: 'Held' })).id);
    const refused = async (different: object) => {
      const { status, body } = await call('POST', `${templates}/import`, sealed({ ...template, ...different }));
      return [status, body.code, body.errors[0].path];
    };
    expect(await refused({ name: ' ' })).toEqual([400, 'invalid_request', '/template/name']);
    expect(await refused({ name: 'x'.repeat(201) })).toEqual([400, 'invalid_request', '/template/name']);
    expect(await refused({ category: 'x'.repeat(101) })).toEqual([400, 'invalid_request', '/template/category']);
    expect(await refused({ tags: [' '] })).toEqual([400, 'invalid_request', '/template/tags']);
    expect(await refused({ tags: 'a' })).toEqual([400, 'invalid_request', '/template/tags']);
    expect(await refused({ nodes: undefined })).toEqual([400, 'invalid_request', '/template/nodes']);
    expect(await refused({ owner: 'me' })).toEqual([400, 'invalid_request', '/template/owner']);
    expect(await refused({ parameters: [{ name: 'a' }] })).toEqual([
      400,
      'invalid_request',
      '/template/parameters/0/type',
    ]);
    expect(await refused({ parameters: [] })).toEqual([422, 'template_invalid', '/nodes/1/data/config/value/text']);
  });
});
