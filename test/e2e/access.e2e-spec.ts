import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { KnownRoute, KnownRoutes } from '../../src/http/known-routes.js';
import { scopes } from '../../src/auth/access.js';
import { twice } from '../support/graphs.js';
import { adminEmail, adminPassword, Chatter } from '../support/chatter.js';

let chatter: Chatter;
let routes: readonly KnownRoute[];
beforeAll(async () => {
  chatter = await Chatter.boot();
  routes = (chatter.nest.getHttpAdapter().getInstance() as unknown as { knownRoutes: KnownRoutes }).knownRoutes.all();
});
afterAll(() => chatter.close());

const named = ({ method, url }: KnownRoute): string => `${method} ${url}`;
/** An address of the route, with some id in each place. */
const pathOf = ({ url }: KnownRoute): string => url.replace(/:[A-Za-z]+/g, 'some').replace('*', 'a/resolve');
const ask = (route: KnownRoute, key: string) =>
  chatter.fetch(route.method, pathOf(route), undefined, { authorization: key && `Bearer ${key}` });

/** A key of the administrator that may do just this. */
async function keyFor(...held: readonly string[]): Promise<string> {
  const { body } = await chatter.call('POST', '/api/v1/auth/api-keys', { name: 'of a test', scopes: held });
  return body.key;
}

describe('Who may do what', () => {
  it('says of each route who may call it', () => {
    const table = routes.map((route) => `${named(route)} → ${route.public ? 'public' : (route.needs ?? 'nobody')}`);
    expect(table.toSorted()).toMatchSnapshot();
  });

  it('gives no route away that names no right', () => {
    expect(routes.filter((route) => !route.public && route.needs === null)).toEqual([]);
  });

  it('refuses everybody without a credential, with a false one, and with none that is a bearer, on every other route', async () => {
    const closed = routes.filter((route) => !route.public);
    const tried: string[] = [];
    for (const route of closed) {
      for (const key of ['', 'chk_nothing', 'ey.no.token']) {
        const { status, headers } = await ask(route, key);
        expect([named(route), key, status]).toEqual([named(route), key, 401]);
        expect(headers.get('www-authenticate')).toBe('Bearer');
        tried.push(named(route));
      }
    }
    expect(tried).toHaveLength(closed.length * 3);
    expect(closed.length).toBeGreaterThan(35);
  });

  it('refuses a key that holds every right but the one that a route needs, and lets that one through', async () => {
    const closed = routes.filter(({ needs }) => needs !== null && needs !== 'any');
    for (const needed of new Set(closed.map(({ needs }) => needs!))) {
      const without = await keyFor(...scopes.filter((scope) => scope !== needed));
      const just = await keyFor(needed);
      for (const route of closed.filter(({ needs }) => needs === needed)) {
        expect([named(route), (await ask(route, without)).status]).toEqual([named(route), 403]);
        expect([401, 403]).not.toContain((await ask(route, just)).status);
      }
    }
  });

  it('decides before it reads: a body that is no JSON is not even looked at', async () => {
    const { status, body } = await chatter.call('POST', '/api/v1/workflows/execute', '{"a":', { authorization: '' });
    expect([status, body.code]).toEqual([401, 'unauthenticated']);
  });

  it('says which right is lacking', async () => {
    const { body } = await chatter.call('GET', '/api/v1/workflows/definitions', undefined, {
      authorization: `Bearer ${await keyFor('executions:run')}`,
    });
    expect(body).toMatchObject({ status: 403, code: 'forbidden', detail: expect.stringContaining('definitions:read') });
  });

  it('lets the administrator in by token as by key', async () => {
    const { body: tokens } = await chatter.call(
      'POST',
      '/api/v1/auth/login',
      { email: adminEmail, password: adminPassword },
      { authorization: '' },
    );
    const { status } = await chatter.call('GET', '/health', undefined, {
      authorization: `Bearer ${tokens.access_token}`,
    });
    expect(status).toBe(200);
  });
});

describe('A graph in the request', () => {
  it('needs the right of an author as well as that of who runs', async () => {
    const runner = { authorization: `Bearer ${await keyFor('executions:run')}` };
    const author = { authorization: `Bearer ${await keyFor('executions:run', 'definitions:write')}` };
    const refused = await chatter.execute(twice, runner);
    expect(refused.body).toMatchObject({
      status: 403,
      code: 'forbidden',
      detail: expect.stringContaining('definitions:write'),
    });
    expect((await chatter.execute(twice, author)).body).toMatchObject({ success: true, output: 42 });
    const stored = {
      workflow_type: 'definition',
      definition_id: await chatter.definitionNamed('Simple Chat'),
      input_data: { query: 'Hi' },
    };
    expect((await chatter.execute(stored, runner)).status).toBe(200);
  });
});

describe('API keys', () => {
  const keys = '/api/v1/auth/api-keys';

  it('are shown once, listed without themselves, and end when they are revoked', async () => {
    const made = await chatter.call('POST', keys, { name: 'billing', scopes: ['executions:read'] });
    expect([made.status, made.headers.get('location')]).toEqual([201, `${keys}/${made.body.id}`]);
    expect(made.body).toMatchObject({
      name: 'billing',
      scopes: ['executions:read'],
      expires_at: null,
      key: expect.stringMatching(/^chk_[\w-]{49}$/),
    });
    const mine = { authorization: `Bearer ${made.body.key}` };
    expect((await chatter.call('GET', '/api/v1/workflows/executions', undefined, mine)).status).toBe(200);

    const { body: list } = await chatter.call('GET', keys);
    expect(JSON.stringify(list)).not.toContain(made.body.key);
    expect(list.api_keys).toContainEqual(
      expect.objectContaining({ id: made.body.id, prefix: made.body.key.slice(0, 10) }),
    );

    expect((await chatter.call('DELETE', `${keys}/${made.body.id}`)).status).toBe(204);
    expect((await chatter.call('GET', '/api/v1/workflows/executions', undefined, mine)).status).toBe(401);
    expect((await chatter.call('DELETE', `${keys}/${made.body.id}`)).body).toMatchObject({
      status: 404,
      code: 'api_key_not_found',
    });
    expect((await chatter.call('DELETE', `${keys}/nonsense`)).status).toBe(404);
  });

  it('get no right that their maker does not hold, and none that does not exist', async () => {
    const weak = { authorization: `Bearer ${await keyFor('executions:read')}` };
    const beyond = await chatter.call('POST', keys, { name: 'more', scopes: ['executions:read', '*'] }, weak);
    expect(beyond.body).toMatchObject({ status: 403, code: 'scope_not_held', detail: expect.stringContaining('*') });
    const unknown = await chatter.call('POST', keys, { name: 'what', scopes: ['executions:fly'] });
    expect(unknown.body).toMatchObject({
      status: 400,
      code: 'invalid_request',
      detail: expect.stringContaining('executions:fly'),
    });
  });

  it('end at their time', async () => {
    const { body } = await chatter.call('POST', keys, {
      name: 'old',
      scopes: ['*'],
      expires_at: '2020-01-01T00:00:00Z',
    });
    expect((await chatter.call('GET', keys, undefined, { authorization: `Bearer ${body.key}` })).status).toBe(401);
  });

  it('are made once for one Idempotency-Key', async () => {
    const wish = { name: 'once', scopes: ['executions:run'] };
    const first = await chatter.call('POST', keys, wish, { 'idempotency-key': 'k1' });
    const again = await chatter.call('POST', keys, wish, { 'idempotency-key': 'k1' });
    expect(again.status).toBe(201);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.body).toEqual({ ...first.body, key: null });
    const other = await chatter.call('POST', keys, { ...wish, name: 'other' }, { 'idempotency-key': 'k1' });
    expect(other.body).toMatchObject({ status: 409, code: 'idempotency_key_reused' });
  });

  it('outlive a restart, and are nowhere in what is stored', async () => {
    const { body } = await chatter.call('POST', keys, { name: 'kept', scopes: ['executions:read'] });
    await chatter.restart();
    expect(
      (await chatter.call('GET', '/api/v1/workflows/executions', undefined, { authorization: `Bearer ${body.key}` }))
        .status,
    ).toBe(200);
    expect(
      (
        await chatter.call('GET', '/api/v1/workflows/executions', undefined, {
          authorization: `Bearer ${body.key.slice(0, -1)}x`,
        })
      ).status,
    ).toBe(401);
    for (const file of await readdir(chatter.dataDir)) {
      expect((await readFile(join(chatter.dataDir, file))).includes(body.key)).toBe(false);
    }
  });
});
