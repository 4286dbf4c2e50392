import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readEnvironment } from '../../src/config/environment.js';
import { createApp } from '../../src/create-app.js';
import { firstStart } from '../../src/demo/first-start.js';
import { HealthController } from '../../src/health/health.controller.js';
import type { KnownRoutes } from '../../src/http/known-routes.js';
import { problemCodes } from '../../src/http/problem-codes.js';
import { adminPassword, Chatter } from '../support/chatter.js';
import { isEmbedded, itEmbedded } from '../support/embedded.js';
import { custom, node } from '../support/graphs.js';

const origin = 'https://front.example';
const outsidePlugins = fileURLToPath(new URL('../support/plugins', import.meta.url));

let chatter: Chatter;
beforeAll(async () => {
  chatter = await Chatter.boot({ variables: { CORS_ORIGINS: origin, PLUGINS_DIR: outsidePlugins } });
});
afterAll(() => chatter.close());

const publicly = (path: string, headers: Record<string, string> = {}) =>
  chatter.fetch('GET', path, undefined, { authorization: '', ...headers });

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
  readonly security?: readonly unknown[];
}

interface Contract {
  readonly openapi: string;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

describe('The contract at /api/v1/openapi.json', () => {
  let operations: (readonly [route: string, operation: Operation])[];
  let document: Contract;
  beforeAll(async () => {
    document = (await (await publicly('/api/v1/openapi.json')).json()) as Contract;
    const paths = Object.entries(document.paths);
    operations = paths.flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
    );
  });

  it('has every route that there is, and no other', () => {
    const fastify = chatter.nest.getHttpAdapter().getInstance() as unknown as { knownRoutes: KnownRoutes };
    const routes = fastify.knownRoutes
      .all()
      .filter(({ method, url }) => method !== 'HEAD' && method !== 'OPTIONS' && !/^\/docs|openapi/.test(url));
    const written = routes.map(
      ({ method, url }) => `${method} ${url.replace(/:([A-Za-z]+)/g, '{$1}').replace('*', '{path}')}`,
    );
    expect(operations.map(([route]) => route).toSorted()).toEqual(written.toSorted());
  });

  it('names each operation once, says what it does, what it takes, and how it answers', () => {
    expect(document.openapi).toMatch(/^3\.0\./);
    expect(new Set(operations.map(([, { operationId }]) => operationId)).size).toBe(operations.length);
    for (const [route, { summary, parameters = [], responses }] of operations) {
      const inPath = [...route.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).toSorted();
      const declared = parameters.filter((parameter) => parameter.in === 'path');
      expect([route, declared.map(({ name }) => name).toSorted()]).toEqual([route, inPath]);
      expect(declared.every(({ required }) => required)).toBe(true);
      expect(summary).toMatch(/\S/);
      const good = Object.entries(responses).filter(([status]) => status.startsWith('2'));
      expect([route, good.length]).not.toEqual([route, 0]);
      for (const [status, { content }] of good)
        expect([route, status, content !== undefined]).toEqual([route, status, status !== '204']);
      const bad = Object.entries(responses).filter(([status]) => /^[45]/.test(status));
      for (const [, { content }] of bad) expect(Object.keys(content ?? {})).toEqual(['application/problem+json']);
    }
  });

  it('refers to nothing that is not there', () => {
    const referred = [...JSON.stringify([document, operations]).matchAll(/#\/components\/schemas\/(\w+)/g)].map(
      ([, name]) => name!,
    );
    expect([...new Set(referred)].filter((name) => !(name in document.components.schemas))).toEqual([]);
    expect(referred.length).toBeGreaterThan(50);
  });

  it('asks for a credential wherever the guard does', () => {
    const open = operations.filter(([, { security }]) => security === undefined).map(([route]) => route);
    expect(open.toSorted()).toEqual([
      'DELETE /hooks/{tenant}/{path}',
      'GET /health/live',
      'GET /health/ready',
      'GET /hooks/{tenant}/{path}',
      'PATCH /hooks/{tenant}/{path}',
      'POST /api/v1/auth/login',
      'POST /api/v1/auth/refresh',
      'POST /hooks/{tenant}/{path}',
      'PUT /hooks/{tenant}/{path}',
    ]);
  });
});

describe('The documentation', () => {
  it('is served from here, and loads nothing from elsewhere', async () => {
    for (const [path, type] of [
      ['/docs', 'text/html'],
      ['/docs/start.js', 'text/javascript'],
      ['/docs/swagger-ui.css', 'text/css'],
      ['/docs/swagger-ui-bundle.js', 'text/javascript'],
    ]) {
      const answer = await publicly(path!);
      expect([path, answer.status, answer.headers.get('content-type')?.startsWith(type!)]).toEqual([path, 200, true]);
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect((await answer.text()).length).toBeGreaterThan(50);
    }
    expect(await (await publicly('/docs')).text()).not.toMatch(/(src|href)="(https?:)?\/\//);
  });

  it('says of each problem what to do, where its type leads', async () => {
    const { body } = await chatter.call('GET', '/api/v1/nothing');
    const page = await (await publicly(body.type.split('#')[0])).text();
    for (const code of Object.keys(problemCodes)) expect(page).toContain(`id="${code}"`);
  });
});

describe('Every answer', () => {
  it('has an id of its own, and is neither sniffed, framed nor kept', async () => {
    const { headers } = await publicly('/health/live');
    expect(headers.get('x-request-id')).toMatch(/^req_/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  });

  it('may be read by pages of the origins that are named, and of no others', async () => {
    const ours = await publicly('/health/live', { origin });
    expect(ours.headers.get('access-control-allow-origin')).toBe(origin);
    const asked = await chatter.fetch('OPTIONS', '/api/v1/workflows/execute', undefined, {
      authorization: '',
      origin,
      'access-control-request-method': 'POST',
    });
    expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([204, origin]);
    const theirs = await publicly('/health/live', { origin: 'https://evil.example' });
    expect(theirs.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('Health', () => {
  it('tells everybody that it lives and is ready, and who may, the details', async () => {
    expect(await (await publicly('/health/live')).json()).toEqual({ status: 'ok' });
    expect(await (await publicly('/health/ready')).json()).toEqual({ status: 'ok' });
    const { body } = await chatter.call('GET', '/health');
    expect(body).toMatchObject({
      status: 'ok',
      event_store: isEmbedded
        ? { kind: 'embedded', journal_mode: 'wal', synchronous: 2, commits: expect.any(Number) }
        : { kind: 'eventstoredb', reachable: true, role: 'all', lease_held: true },
      read_model: { parked: 0, parked_streams: [], failing: null },
      executions: { active: 0, running: 0 },
      process: { rss_bytes: expect.any(Number) },
    });
  });
});

describe('A plugin of the operator', () => {
  it('is listed with the built-in node types, and runs', async () => {
    const { body } = await chatter.call('GET', '/api/v1/workflows/node-types');
    expect(body.node_types.map(({ type }: { type: string }) => type)).toEqual(
      expect.arrayContaining(['start', 'model', 'shout']),
    );
    const ran = await chatter.execute(custom(node('shout', 'shout', { text: 'hello' })));
    expect(ran.body).toMatchObject({ success: true, output: expect.anything() });
  });
});

describe('A start', () => {
  it('is the first one once: an administrator, a key and four definitions, shown that time only', async () => {
    const { body } = await chatter.call('GET', '/api/v1/workflows/definitions');
    expect(body.definitions.map(({ name }: { name: string }) => name).toSorted()).toEqual([
      'Fetch and classify',
      'Simple Chat',
      'Summarise a list',
      'Support triage',
    ]);
    const environment = readEnvironment({ DATA_DIR: chatter.dataDir, ADMIN_PASSWORD: adminPassword });
    expect(await firstStart(chatter.nest, environment)).toBeNull();
  });

  it('that was cut off before its end is done again, and makes nothing twice', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'chatter-cut-'));
    const environment = {
      ...readEnvironment({ DATA_DIR: dataDir, LOG_LEVEL: 'silent' }),
      projector: 'inline' as const,
    };
    const app = await createApp(environment);
    try {
      const first = await firstStart(app, environment);
      expect(first).toMatchObject({
        password: expect.stringMatching(/^[\w-]{20}$/),
        apiKey: expect.stringMatching(/^chk_/),
      });
      const without = {
        get: (token: { name: string }) =>
          token.name === 'Accounts'
            ? { isEmpty: true, createUser: async () => ({ apiKey: 'k' }) }
            : app.get(token as never),
      };
      expect(await firstStart(without as never, environment)).toMatchObject({ definitionId: first!.definitionId });
    } finally {
      await app.close();
      await rm(dataDir, { recursive: true });
    }
  });

  itEmbedded('in a folder where another process works is refused', async () => {
    await expect(Chatter.boot({ dataDir: chatter.dataDir })).rejects.toMatchObject({ code: 'directory_locked' });
    expect((await publicly('/health/ready')).status).toBe(200);
  });
});

describe('A stop', () => {
  it('is told to who asks whether it is ready, before anything ends', () => {
    const health = new HealthController(...([] as unknown as ConstructorParameters<typeof HealthController>));
    health.onModuleDestroy();
    return expect(health.ready()).rejects.toMatchObject({ code: 'shutting_down', status: 503 });
  });

  it('does not wait for readers of streams', async () => {
    const other = await Chatter.boot();
    const { body } = await other.execute({
      ...custom(node('wait', 'delay', { duration_ms: 3_600_000 })),
      config: { async: true },
    });
    await other.until(body.execution_id, 'waiting');
    expect((await other.fetch('HEAD', `/api/v1/workflows/executions/${body.execution_id}/stream`)).status).toBe(200);
    const { body: state } = await other.call('GET', `/api/v1/workflows/executions/${body.execution_id}/state`);
    const reading = await other.fetch('GET', `/api/v1/workflows/executions/${body.execution_id}/stream`, undefined, {
      'last-event-id': String(state.revision),
    });
    expect(reading.status).toBe(200);
    const ended = reading.text().then(
      () => 'ended',
      () => 'cut',
    );
    await other.close();
    expect(['ended', 'cut']).toContain(await ended);
  });
});
