import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { KnownRoute, KnownRoutes } from '../../src/http/known-routes.js';
import { adminEmail, adminPassword, Chatter } from '../support/chatter.js';
import { line, node, twice } from '../support/graphs.js';

const auth = '/api/v1/auth';
const unknown = '00000000-0000-4000-8000-000000000000';

let chatter: Chatter;
let routes: readonly KnownRoute[];
beforeAll(async () => {
  chatter = await Chatter.boot();
  const { knownRoutes } = chatter.nest.getHttpAdapter().getInstance() as unknown as { knownRoutes: KnownRoutes };
  routes = knownRoutes.all().filter(({ url }) => url !== '*');
});
afterAll(() => chatter.close());

const bearer = (token: string) => ({ authorization: token === '' ? '' : `Bearer ${token}` });
const nameOf = ({ method, url }: KnownRoute) => `${method} ${url}`;
const addressOf = ({ url }: KnownRoute) => url.replace(/:[A-Za-z]+/g, unknown).replace('*', 'x/resolve');

/** The status of each route, asked with this token (none: ''). */
async function askAll(asked: readonly KnownRoute[], token: string): Promise<Map<string, number>> {
  const answers = new Map<string, number>();
  for (const route of asked) {
    const answer = await chatter.fetch(route.method, addressOf(route), undefined, bearer(token));
    await answer.body?.cancel();
    answers.set(nameOf(route), answer.status);
  }
  return answers;
}

async function keyWith(...scopes: readonly string[]): Promise<string> {
  const { status, body } = await chatter.call('POST', `${auth}/api-keys`, { name: 'Of a test', scopes });
  expect(status).toBe(201);
  return body.key;
}

/** `GET /api/v1/workflows/executions/:id`, of the contract; only what asks for a credential. */
function operationsOf(contract: string): string[] {
  const text = readFileSync(new URL(contract, import.meta.url), 'utf8');
  const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, { security?: object[] }>> };
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([, { security }]) => security?.length)
      .map(([method]) => `${method.toUpperCase()} ${routeOf(path)}`),
  );
}

const routeOf = (path: string): string => path.replace(/\/steps\/.*$/, '/steps/*').replace(/\{([^}]+)\}/g, ':$1');

describe('Every route', () => {
  const publicRoutes = [
    'GET /api/v1/openapi.json',
    'GET /docs',
    'GET /docs/errors',
    'GET /docs/start.js',
    'GET /docs/swagger-ui-bundle.js',
    'GET /docs/swagger-ui.css',
    'GET /health/live',
    'GET /health/ready',
    'POST /api/v1/auth/login',
    'POST /api/v1/auth/refresh',
    'DELETE /hooks/:tenant/*',
    'GET /hooks/:tenant/*',
    'PATCH /hooks/:tenant/*',
    'POST /hooks/:tenant/*',
    'PUT /hooks/:tenant/*',
  ];
  /** Asks for a credential, whatever it may do. */
  const anybodysRoutes = [
    'DELETE /api/v1/auth/api-keys/:id',
    'GET /api/v1/auth/api-keys',
    'GET /api/v1/auth/me',
    'POST /api/v1/auth/api-keys',
    'POST /api/v1/auth/change-password',
    'POST /api/v1/auth/logout',
  ];
  const withHead = (names: readonly string[]) =>
    [
      ...names,
      ...names.filter((name) => name.startsWith('GET ')).map((name) => name.replace('GET', 'HEAD')),
    ].toSorted();
  const namesOf = (some: readonly KnownRoute[]) => some.map(nameOf).toSorted();
  const guarded = () => routes.filter((route) => !route.public);
  /** Routes of the contract that ask for a credential, as the application has them: each read has its HEAD. */
  const promised = () => withHead(operationsOf('../../docs/openapi.json'));

  it('is known, and the public ones are these', () => {
    expect(namesOf(routes.filter((route) => route.public))).toEqual(withHead(publicRoutes));
    expect(namesOf(routes.filter(({ needs }) => needs === 'any'))).toEqual(withHead(anybodysRoutes));
    expect(routes.filter((route) => !route.public && route.needs === null)).toEqual([]);
    expect(routes.length).toBe(guarded().length + withHead(publicRoutes).length);
  });

  it('that is not public answers 401 to who sends no credential, or one that is none', async () => {
    const forged = `eyJhbGciOiJub25lIn0.${Buffer.from(JSON.stringify({ sub: 'usr_1', sid: '1', iss: 'chatter' })).toString('base64url')}.`;
    const wrong = [
      '',
      'nonsense',
      `${chatter.apiKey.slice(0, -1)}${chatter.apiKey.endsWith('A') ? 'B' : 'A'}`,
      `chk_${'A'.repeat(49)}`,
      forged,
    ];
    let tried = 0;
    for (const token of wrong) {
      for (const [name, status] of await askAll(guarded(), token)) {
        expect([name, status]).toEqual([name, 401]);
        tried += 1;
      }
    }
    expect(tried).toBe(wrong.length * guarded().length);
    expect(guarded().length).toBeGreaterThanOrEqual(49);
    expect(namesOf(guarded())).toEqual(promised());
  });

  it('that needs a right answers 403 to a key that has none', async () => {
    const asked = guarded().filter(({ needs }) => needs !== 'any');
    const answers = await askAll(asked, await keyWith());
    expect([...new Set(answers.values())]).toEqual([403]);
    expect(answers.size).toBe(promised().length - withHead(anybodysRoutes).length);
  });

  it('that needs a right answers 403 to a key that has every right but this one', async () => {
    const scopes = [...new Set(guarded().map(({ needs }) => needs!))].filter((needs) => needs !== 'any');
    let tried = 0;
    for (const scope of scopes) {
      const key = await keyWith(...scopes.filter((other) => other !== scope));
      const asked = guarded().filter(({ needs }) => needs === scope);
      const answers = await askAll(asked, key);
      expect([scope, ...new Set(answers.values())]).toEqual([scope, 403]);
      tried += answers.size;
    }
    expect(tried).toBe(guarded().filter(({ needs }) => needs !== 'any').length);
  });

  it('lets in who may (so the refusals above are the guard, and nothing else)', async () => {
    const asked = guarded().filter(({ url }) => !url.endsWith('/stream'));
    const answers = await askAll(asked, chatter.apiKey);
    expect([...answers].filter(([, status]) => status === 401 || status === 403)).toEqual([]);
    const open = await askAll(
      routes.filter((route) => route.public),
      '',
    );
    expect([...open].filter(([name, status]) => status === 401 && !name.includes('/auth/'))).toEqual([]);
  });

  it('decides before it reads the body', async () => {
    const { status } = await chatter.call('POST', '/api/v1/workflows/execute', '{ no JSON', { authorization: '' });
    expect(status).toBe(401);
    const huge = await chatter
      .call('POST', '/api/v1/workflows/execute', 'x'.repeat(2 * 1024 * 1024), { authorization: '' })
      .catch(() => null);
    expect([401, undefined]).toContain(huge?.status);
  });

  it.each([
    '/api/v1/workflows/executions/',
    '/API/v1/workflows/executions',
    '//api/v1/workflows/executions',
    '/api/v1/workflows/%65xecutions',
    '/docs/../api/v1/workflows/executions',
    '/health/live/../../api/v1/workflows/executions',
  ])('is not opened by another spelling of its address: %s', async (address) => {
    const { status } = await chatter.call('GET', address, undefined, { authorization: '' });
    expect([401, 404]).toContain(status);
  });

  it('is not opened by a credential in another place', async () => {
    const { status } = await chatter.call(
      'GET',
      `${auth}/me?access_token=${chatter.apiKey}&api_key=${chatter.apiKey}`,
      undefined,
      { authorization: '', 'x-api-key': chatter.apiKey },
    );
    expect(status).toBe(401);
    for (const authorization of [
      chatter.apiKey,
      `Basic ${chatter.apiKey}`,
      `Bearer  ${chatter.apiKey}`,
      `Bearer ${chatter.apiKey} x`,
    ]) {
      expect((await chatter.call('GET', `${auth}/me`, undefined, { authorization })).status).toBe(401);
    }
  });
});

describe('A session', () => {
  const signIn = async () =>
    (await chatter.call('POST', `${auth}/login`, { email: adminEmail, password: adminPassword }, bearer(''))).body;
  const refresh = (refresh_token: string) => chatter.call('POST', `${auth}/refresh`, { refresh_token }, bearer(''));
  const me = async (token: string) => (await chatter.call('GET', `${auth}/me`, undefined, bearer(token))).status;

  it('begins with e-mail and password, for at most a quarter of an hour at a time', async () => {
    const { status, body } = await chatter.call(
      'POST',
      `${auth}/login`,
      { email: adminEmail.toUpperCase(), password: adminPassword },
      bearer(''),
    );
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 900 });
    const { body: who } = await chatter.call('GET', `${auth}/me`, undefined, bearer(body.access_token));
    expect(who).toMatchObject({ email: adminEmail, tenant: 'default', roles: ['admin'], scopes: ['*'] });
    expect(JSON.stringify(who)).not.toMatch(/hash|argon/);
  });

  it('goes on by a refresh token that works once; used again, it ends the session', async () => {
    const first = await signIn();
    const second = await refresh(first.refresh_token);
    expect(second.status).toBe(200);
    expect(second.body.refresh_token).not.toBe(first.refresh_token);
    expect(await me(second.body.access_token)).toBe(200);

    expect((await refresh(first.refresh_token)).status).toBe(401);
    expect((await refresh(second.body.refresh_token)).status).toBe(401);
    expect(await me(second.body.access_token)).toBe(401);
    expect(await me(first.access_token)).toBe(401);
  });

  it('gives new tokens to one of ten who use a refresh token at once', async () => {
    const { refresh_token } = await signIn();
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(refresh_token)));
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
  });

  it('ends at once by logout, access token included; others live', async () => {
    const [mine, other] = [await signIn(), await signIn()];
    const { status } = await chatter.call(
      'POST',
      `${auth}/logout`,
      { refresh_token: mine.refresh_token },
      bearer(mine.access_token),
    );
    expect(status).toBe(204);
    expect([await me(mine.access_token), await me(other.access_token)]).toEqual([401, 200]);
    expect((await refresh(mine.refresh_token)).status).toBe(401);
    expect((await refresh(other.refresh_token)).status).toBe(200);
  });

  it('is not ended by who has only guessed its id', async () => {
    const mine = await signIn();
    const [account, session] = mine.refresh_token.split('.');
    await chatter.call('POST', `${auth}/logout`, { refresh_token: `${account}.${session}.${'A'.repeat(43)}` });
    expect(await me(mine.access_token)).toBe(200);
  });

  it('lives on across a restart, and so does its end', async () => {
    const [kept, ended] = [await signIn(), await signIn()];
    await chatter.call('POST', `${auth}/logout`, { refresh_token: ended.refresh_token }, bearer(ended.access_token));
    await chatter.restart();
    expect([await me(kept.access_token), await me(ended.access_token)]).toEqual([200, 401]);
  });

  it('is refused for tokens that are none', async () => {
    for (const token of ['x', '..', `${unknown}.${unknown}.x`]) expect((await refresh(token)).status).toBe(401);
    for (const body of [{}, { refresh_token: 7 }, { refresh_token: '' }, { refresh_token: 'x', more: 1 }]) {
      expect((await chatter.call('POST', `${auth}/refresh`, body, bearer(''))).status).toBe(400);
    }
  });
});

describe('An API key', () => {
  const make = (key: string, body: object) =>
    chatter.call('POST', `${auth}/api-keys`, { name: 'A key', ...body }, bearer(key));

  it('is shown once, and lists without its secret', async () => {
    const { status, headers, body } = await make(chatter.apiKey, { scopes: ['executions:read'] });
    expect([status, headers.get('location')]).toEqual([201, `${auth}/api-keys/${body.id}`]);
    const list = await chatter.call('GET', `${auth}/api-keys`);
    expect(list.body.api_keys.map(({ id }: { id: string }) => id)).toContain(body.id);
    expect(JSON.stringify(list.body)).not.toContain(body.key);
    expect(JSON.stringify(list.body)).not.toContain('hash');
  });

  it('may do what it names, and nothing else', async () => {
    const key = await keyWith('executions:run');
    const definition_id = await chatter.definitionNamed('Simple Chat');
    expect((await chatter.execute({ workflow_type: 'definition', definition_id }, bearer(key))).status).toBe(200);
    const list = await chatter.call('GET', '/api/v1/workflows/executions', undefined, bearer(key));
    expect([list.status, list.body.code]).toEqual([403, 'forbidden']);
    expect(list.body.detail).toContain('executions:read');
    const own = await chatter.execute(twice, bearer(key));
    expect([own.status, own.body.code]).toEqual([403, 'forbidden']);
    expect(own.body.detail).toContain('definitions:write');
  });

  it('never has a right that its maker has not', async () => {
    const key = await keyWith('executions:run', 'executions:read');
    for (const scopes of [['*'], ['definitions:write'], ['executions:run', 'secrets:write']]) {
      const { status, body } = await make(key, { scopes });
      expect([status, body.code]).toEqual([403, 'scope_not_held']);
    }
    expect((await make(key, { scopes: ['executions:read'] })).status).toBe(201);
  });

  it('is refused for a scope that there is not, and for a body that is none', async () => {
    for (const body of [
      { scopes: ['everything'] },
      { scopes: 'executions:read' },
      { scopes: [7] },
      {},
      { scopes: [], name: '' },
      { scopes: [], expires_at: 'soon' },
      { scopes: [], key: 'mine' },
    ]) {
      expect((await make(chatter.apiKey, body)).status).toBe(400);
    }
  });

  it('works until it expires', async () => {
    const past = await make(chatter.apiKey, { scopes: ['*'], expires_at: '2020-01-01T00:00:00.000Z' });
    expect([201, 400]).toContain(past.status);
    if (past.status === 201)
      expect((await chatter.call('GET', `${auth}/me`, undefined, bearer(past.body.key))).status).toBe(401);
    const later = await make(chatter.apiKey, { scopes: ['*'], expires_at: '2100-01-01T00:00:00.000Z' });
    expect((await chatter.call('GET', `${auth}/me`, undefined, bearer(later.body.key))).status).toBe(200);
  });

  it('works no more once it is revoked', async () => {
    const { body } = await make(chatter.apiKey, { scopes: ['*'] });
    expect((await chatter.call('DELETE', `${auth}/api-keys/${body.id}`)).status).toBe(204);
    expect((await chatter.call('GET', `${auth}/me`, undefined, bearer(body.key))).status).toBe(401);
    for (const id of [body.id, `key_${unknown}`, 'key_1', 'x']) {
      const again = await chatter.call('DELETE', `${auth}/api-keys/${id}`);
      expect([id, again.status, again.body?.code]).toEqual([id, 404, 'api_key_not_found']);
    }
  });

  it('cannot revoke a key that may do more than itself', async () => {
    const strong = (await make(chatter.apiKey, { scopes: ['definitions:write'] })).body;
    const { status, body } = await chatter.call(
      'DELETE',
      `${auth}/api-keys/${strong.id}`,
      undefined,
      bearer(await keyWith('executions:read')),
    );
    expect([status, body.code]).toEqual([403, 'scope_not_held']);
    expect((await chatter.call('GET', `${auth}/me`, undefined, bearer(strong.key))).status).toBe(200);
  });
});

describe('A password', () => {
  it('is changed by who knows it: other sessions end, this one goes on', async () => {
    const login = (password: string) =>
      chatter.call('POST', `${auth}/login`, { email: adminEmail, password }, bearer(''));
    const [mine, other] = [(await login(adminPassword)).body, (await login(adminPassword)).body];
    const change = (current_password: string, new_password: string) =>
      chatter.call('POST', `${auth}/change-password`, { current_password, new_password }, bearer(mine.access_token));
    expect((await change('wrong', 'another horse battery')).status).toBe(401);
    expect((await change(adminPassword, 'short')).status).toBe(400);
    expect((await change(adminPassword, 'another horse battery')).status).toBe(204);
    const me = async (token: string) => (await chatter.call('GET', `${auth}/me`, undefined, bearer(token))).status;
    expect([await me(mine.access_token), await me(other.access_token)]).toEqual([200, 401]);
    expect((await login(adminPassword)).status).toBe(401);
    expect((await login('another horse battery')).status).toBe(200);
  });

  it('that is wrong gets the answer that an unknown user gets, and after some tries a delay that grows', async () => {
    const tried: [number, string, string | null][] = [];
    for (const email of ['nobody@localhost', adminEmail]) {
      const fresh = await Chatter.boot();
      for (let attempt = 0; attempt < 6; attempt += 1) {
        const { status, headers, body } = await fresh.call(
          'POST',
          `${auth}/login`,
          { email, password: 'a wrong password' },
          bearer(''),
        );
        tried.push([status, body.code, headers.get('retry-after')]);
      }
      await fresh.close();
    }
    const wrong = [401, 'invalid_credentials', null];
    const wait = [429, 'too_many_attempts', '1'];
    const answers = [wrong, wrong, wrong, wrong, wait, wait];
    expect(tried).toEqual([...answers, ...answers]);
  });
});

describe('Another tenant', () => {
  const workflows = '/api/v1/workflows';
  let theirs: string;
  let definition: string;
  let execution: string;

  beforeAll(async () => {
    theirs = await chatter.keyOf('other@localhost', 'other');
    definition = (
      await chatter.call('POST', `${workflows}/definitions`, {
        name: 'Ours',
        is_public: true,
        ...line(node('wait', 'delay', { duration_ms: 600_000 })),
      })
    ).body.id;
    execution = (await chatter.execute({ workflow_type: 'definition', definition_id: definition })).body.execution_id;
  });

  const asThem = (method: string, path: string, body?: unknown) =>
    chatter.call(method, `${workflows}${path}`, body, bearer(theirs));
  /** What tells nothing: all but the id that was asked for, and the request. */
  const told = ({ status, body }: { status: number; body: Record<string, string> }, id: string) => ({
    status,
    body: JSON.stringify({ ...body, request_id: '' }).replaceAll(id, '<id>'),
  });

  it('sees our ids as it sees unknown ones, wherever it looks', async () => {
    const graph = { name: 'Mine now', ...line() };
    const calls: [string, (id: string) => string, unknown?][] = [
      ['GET', (id) => `/executions/${id}`],
      ['GET', (id) => `/executions/${id}/events`],
      ['GET', (id) => `/executions/${id}/state?revision=0`],
      ['GET', (id) => `/executions/${id}/logs`],
      ['GET', (id) => `/executions/${id}/verify`],
      ['GET', (id) => `/executions/${id}/stream`],
      ['POST', (id) => `/executions/${id}/cancel`, {}],
      ['POST', (id) => `/executions/${id}/steps/wait/resolve`, { outcome: 'failed' }],
      ['GET', (id) => `/definitions/${id}`],
      ['PUT', (id) => `/definitions/${id}`, graph],
      ['PATCH', (id) => `/definitions/${id}`, { name: 'Mine now' }],
      ['DELETE', (id) => `/definitions/${id}`],
      ['GET', (id) => `/definitions/${id}/versions`],
      ['GET', (id) => `/definitions/${id}/versions/1`],
      ['POST', (id) => `/definitions/${id}/versions/1/restore`],
      ['GET', (id) => `/definitions/${id}/executions`],
      ['GET', (id) => `/definitions/${id}/analytics`],
      ['POST', (id) => `/definitions/${id}/execute`, {}],
    ];
    for (const [method, path, body] of calls) {
      const [ours, none] = path('').startsWith('/executions')
        ? [execution, `exec_${unknown}`]
        : [definition, `wf_${unknown}`];
      const answer = await asThem(method, path(ours), body);
      expect([method, path('<id>'), answer.status]).toEqual([method, path('<id>'), 404]);
      expect(told(answer, ours)).toEqual(told(await asThem(method, path(none), body), none));
    }
    for (const [path, body] of [
      ['/execute', { workflow_type: 'definition' }],
      ['/definitions/validate', {}],
    ] as const) {
      const ask = (definition_id: string) => asThem('POST', path, { ...body, definition_id });
      expect(told(await ask(definition), definition)).toEqual(told(await ask(`wf_${unknown}`), `wf_${unknown}`));
    }
    expect(calls.length).toBe(18);
    expect((await chatter.call('GET', `${workflows}/executions/${execution}`)).body.status).toBe('waiting');
    expect((await chatter.call('GET', `${workflows}/definitions/${definition}`)).body).toMatchObject({
      name: 'Ours',
      version: 1,
    });
  });

  it('has lists of its own, even of what is public, and by our ids', async () => {
    expect((await asThem('GET', '/executions')).body).toMatchObject({ executions: [], total_count: 0 });
    expect((await asThem('GET', `/executions?definition_id=${definition}`)).body.executions).toEqual([]);
    expect((await asThem('GET', '/definitions')).body).toMatchObject({ definitions: [], total_count: 0 });
    expect((await chatter.call('GET', `${auth}/api-keys`, undefined, bearer(theirs))).body.total_count).toBe(1);
  });

  it('can use an idempotency key that we have used', async () => {
    const execute = (token: string) => chatter.execute(twice, { ...bearer(token), 'idempotency-key': 'shared' });
    const [ours, other] = [await execute(chatter.apiKey), await execute(theirs)];
    expect([ours.status, other.status]).toEqual([200, 200]);
    expect(other.body.execution_id).not.toBe(ours.body.execution_id);
    expect(other.headers.get('idempotent-replayed')).toBeNull();
  });

  it('cannot take our cursor', async () => {
    const { body } = await chatter.call('GET', `${workflows}/definitions?limit=1`);
    const { body: answer } = await asThem('GET', `/definitions?limit=1&cursor=${encodeURIComponent(body.next_cursor)}`);
    expect(answer.definitions ?? []).toEqual([]);
  });
});
