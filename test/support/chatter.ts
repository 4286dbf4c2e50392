import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Accounts } from '../../src/auth/accounts.js';
import { readEnvironment, type Environment } from '../../src/config/environment.js';
import { createApp } from '../../src/create-app.js';
import { firstStart } from '../../src/demo/first-start.js';
import { forgetStores, storesOf } from './stores.js';

/** A first start compiles every source, on a machine that may have other things to do. */
jest.setTimeout(60_000);

export const adminEmail = 'admin@localhost';
export const adminPassword = 'correct horse battery staple';

export interface Answer<Body = Record<string, never>> {
  readonly status: number;
  readonly headers: Headers;
  /** Undefined where the answer has none. */
  readonly body: Body;
}

export interface Options {
  /** Variables of the environment, beside those that a test always sets. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Of an application that was there before; a new, empty one otherwise. */
  readonly dataDir?: string;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- an answer is whatever the test says that it must be
export type AnyBody = any;

/** The real application in this process, on loopback, with a folder of its own. */
export class Chatter {
  private app!: NestFastifyApplication;
  url!: string;
  /** Of the administrator; may do everything. */
  apiKey!: string;

  private constructor(
    readonly dataDir: string,
    private readonly environment: Environment,
  ) {}

  static async boot({ variables = {}, dataDir }: Options = {}): Promise<Chatter> {
    const dir = dataDir ?? (await mkdtemp(join(tmpdir(), 'chatter-e2e-')));
    const told = {
      ...(await storesOf(dir)),
      DATA_DIR: dir,
      LOG_LEVEL: 'silent',
      ADMIN_EMAIL: adminEmail,
      ADMIN_PASSWORD: adminPassword,
      ...variables,
    };
    const chatter = new Chatter(dir, { ...readEnvironment(told), projector: 'inline' });
    await chatter.start();
    return chatter;
  }

  async start(): Promise<void> {
    this.app = await createApp(this.environment);
    const made = await firstStart(this.app, this.environment);
    if (made) this.apiKey = made.apiKey;
    await this.app.listen(0, '127.0.0.1');
    this.url = await this.app.getUrl();
  }

  /** A part of the application, to be asked what no route tells. */
  get<Part>(part: Type<Part>): Part {
    return this.app.get(part, { strict: false });
  }

  /** Stops the application; what it has written stays. */
  stop(): Promise<void> {
    return this.app.close();
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async close(): Promise<void> {
    await this.stop();
    await forgetStores(this.dataDir);
    await rm(this.dataDir, { recursive: true, force: true });
  }

  get nest(): NestFastifyApplication {
    return this.app;
  }

  /** One request with the administrator's key (`authorization: ''` sends none). A text is sent as it stands, all else as JSON. */
  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<AnyBody>> {
    const answer = await this.fetch(method, path, body, headers);
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text === '' ? undefined : JSON.parse(text) };
  }

  /** As `call`, but the answer's body is not yet read. */
  async fetch(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
    signal?: AbortSignal,
  ): Promise<Response> {
    const sent = new Headers({
      authorization: `Bearer ${this.apiKey}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    });
    for (const [name, value] of Object.entries(headers)) if (value === '') sent.delete(name);
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    return fetch(`${this.url}${path}`, {
      method,
      headers: sent,
      ...(text !== undefined && { body: text }),
      ...(signal && { signal }),
    });
  }

  /** The key of another administrator, of this tenant or of another one. */
  async keyOf(email: string, tenant = 'default'): Promise<string> {
    const wish = { id: randomUUID(), tenant, email, password: adminPassword, roles: ['admin'], keyName: 'of a test' };
    return (await this.get(Accounts).createUser(wish, { sub: 'system', via: 'engine' })).apiKey;
  }

  execute(body: unknown, headers: Record<string, string> = {}): Promise<Answer<AnyBody>> {
    return this.call('POST', '/api/v1/workflows/execute', body, headers);
  }

  async definitionNamed(name: string): Promise<string> {
    const { body } = await this.call('GET', '/api/v1/workflows/definitions?limit=200');
    return body.definitions.find((each: { name: string }) => each.name === name).id;
  }

  /** How many executions there are. */
  async executionCount(): Promise<number> {
    const { body } = await this.call('GET', '/api/v1/workflows/executions?limit=1');
    return body.total_count;
  }

  /** The execution, once it has one of these states. */
  async until(id: string, ...statuses: readonly string[]): Promise<AnyBody> {
    for (;;) {
      const { body } = await this.call('GET', `/api/v1/workflows/executions/${id}`);
      if (statuses.includes(body.status)) return body;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
