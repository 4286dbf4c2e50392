import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventStore } from '#event-store';
import type { KnownRoute, KnownRoutes } from '../../src/http/known-routes.js';
import { twice } from '../support/graphs.js';
import { adminEmail, adminPassword, Chatter } from '../support/chatter.js';
import { itEmbedded } from '../support/embedded.js';

let chatter: Chatter;
let routes: readonly KnownRoute[];
beforeAll(async () => {
  chatter = await Chatter.boot();
  const fastify = chatter.nest.getHttpAdapter().getInstance() as unknown as { knownRoutes: KnownRoutes };
  routes = fastify.knownRoutes.all();
});
afterAll(() => chatter.close());

const keys = '/api/v1/auth/api-keys';

/** A key of the administrator that may do just this. */
async function keyFor(...held: readonly string[]): Promise<Record<string, string>> {
  const { body } = await chatter.call('POST', keys, { name: 'of a test', scopes: held });
  return { authorization: `Bearer ${body.key}` };
}

describe('Who may call what', () => {
  it('is said of each route, and changes only where somebody means it', () => {
    const table = routes
      .filter(({ method }) => method !== 'HEAD')
      .map(
        ({ method, url, needs, public: isPublic }) => `${method} ${url} → ${isPublic ? 'public' : (needs ?? 'nobody')}`,
      );
    expect(table.toSorted()).toMatchSnapshot();
  });

  it('is nobody where nothing is said, and that is nowhere', () => {
    expect(routes.filter((route) => !route.public && route.needs === null)).toEqual([]);
  });

  it('is the same for HEAD as for GET', () => {
    const said = (wanted: string) =>
      new Map(routes.filter(({ method }) => method === wanted).map(({ url, needs }) => [url, needs]));
    const gets = said('GET');
    for (const [url, needs] of said('HEAD')) expect([url, needs]).toEqual([url, gets.get(url)]);
  });
});

describe('A graph in the request', () => {
  it('needs the right of an author as well as that of who runs', async () => {
    const runner = await keyFor('executions:run');
    const author = await keyFor('executions:run', 'definitions:write');
    const refused = await chatter.execute(twice, runner);
    expect(refused.body).toMatchObject({
      status: 403,
      code: 'forbidden',
      detail: expect.stringContaining('definitions:write'),
    });
    expect((await chatter.execute(twice, author)).body).toMatchObject({ success: true, output: 42 });
    const definition_id = await chatter.definitionNamed('Simple Chat');
    const stored = { workflow_type: 'definition', definition_id, input_data: { query: 'Hi' } };
    expect((await chatter.execute(stored, runner)).status).toBe(200);
  });
});

describe('An API key', () => {
  it('is made once for one Idempotency-Key, and shown the first time only', async () => {
    const wish = { name: 'once', scopes: ['executions:run'] };
    const first = await chatter.call('POST', keys, wish, { 'idempotency-key': 'k1' });
    const again = await chatter.call('POST', keys, wish, { 'idempotency-key': 'k1' });
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
    expect(again.body).toEqual({ ...first.body, key: null });
    const other = await chatter.call('POST', keys, { ...wish, name: 'other' }, { 'idempotency-key': 'k1' });
    expect(other.body).toMatchObject({ status: 409, code: 'idempotency_key_reused' });
  });

  itEmbedded('is nowhere in what is stored, nor is a password', async () => {
    const { body } = await chatter.call('POST', keys, { name: 'kept', scopes: ['executions:read'] });
    const files = await readdir(chatter.dataDir);
    expect(files).toContain('events.db');
    for (const file of files) {
      const bytes = await readFile(join(chatter.dataDir, file));
      expect([file, bytes.includes(body.key), bytes.includes(adminPassword)]).toEqual([file, false, false]);
    }
  });
});

describe('A sign-in that is refused', () => {
  it('is on the record of the account', async () => {
    await chatter.call('POST', '/api/v1/auth/login', { email: adminEmail, password: 'wrong' }, { authorization: '' });
    await chatter.call(
      'POST',
      '/api/v1/auth/login',
      { email: adminEmail, password: adminPassword },
      { authorization: '' },
    );
    const types: string[] = [];
    for await (const { type } of chatter.nest.get(EventStore).readAll({ categories: ['account'] })) types.push(type);
    expect(types.slice(-2)).toEqual(['SignInRefused', 'SignedIn']);
  });
});
