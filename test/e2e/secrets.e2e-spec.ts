import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Chatter } from '../support/chatter.js';
import { custom, node } from '../support/graphs.js';

const at = '/api/v1/secrets';
const value = 'cedilla-9f2:quartz"7';

interface Seen {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let chatter: Chatter;
let server: Server;
let url: string;
const seen: Seen[] = [];
beforeAll(async () => {
  server = createServer((request, response) => {
    void (async () => {
      let body = '';
      for await (const chunk of request.setEncoding('utf8')) body += String(chunk);
      seen.push({ url: request.url ?? '', headers: request.headers, body });
      response.writeHead(200, { 'content-type': 'application/json', 'x-echo': request.headers.authorization ?? '' });
      response.end(JSON.stringify({ headers: request.headers, url: request.url, body }));
    })();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  chatter = await Chatter.boot({ variables: { EGRESS_ALLOW: '127.0.0.1,localhost', LOG_LEVEL: 'silent' } });
  await chatter.call('POST', at, { name: 'api_key', value, hosts: ['127.0.0.1'] });
});
afterAll(async () => {
  await chatter.close();
  server.close();
});

const calling = (config: object, input: object = {}) => ({
  ...custom(node('call', 'http_request', { method: 'POST', url: `${url}/x`, ...config })),
  input_data: input,
  config: { debug_mode: true },
});
const eventsOf = async (id: string): Promise<string> =>
  JSON.stringify((await chatter.call('GET', `/api/v1/workflows/executions/${id}/events`)).body);

describe('A secret', () => {
  it('is listed by name and hosts, never by value', async () => {
    const { body, status } = await chatter.call('GET', at);
    expect(status).toBe(200);
    expect(body.secrets).toMatchObject([
      { name: 'api_key', hosts: ['127.0.0.1'], owner_id: expect.stringMatching(/^usr_/) },
    ]);
    expect(JSON.stringify(body)).not.toContain(value);
    expect((await chatter.call('GET', `${at}/api_key`)).body.name).toBe('api_key');
    expect((await chatter.call('GET', `${at}/none`)).body.code).toBe('secret_not_found');
  });

  it.each([
    ['bearer', {}, ({ headers }: Seen) => headers.authorization === `Bearer ${value}`],
    [
      'basic',
      { username: 'ada' },
      ({ headers }: Seen) => Buffer.from(headers.authorization!.slice(6), 'base64').toString() === `ada:${value}`,
    ],
    ['header', { name: 'X-Api-Key' }, ({ headers }: Seen) => headers['x-api-key'] === value],
    ['query', { name: 'key' }, (one: Seen) => new URL(one.url, 'http://x').searchParams.get('key') === value],
  ] as const)('is sent by auth %s, and nothing of it is kept', async (type, more, arrived) => {
    const { body } = await chatter.execute(calling({ auth: { type, secret: 'api_key', ...more } }));
    expect(body).toMatchObject({ status: 'completed' });
    expect(arrived(seen.at(-1)!)).toBe(true);
    expect(JSON.stringify(body)).not.toContain(value);
    const events = await eventsOf(body.execution_id);
    for (const form of [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)])
      expect(events).not.toContain(form);
    expect(events).not.toContain(Buffer.from(`ada:${value}`).toString('base64'));
  });

  it('may be named in headers, query and body, as it has to be written there', async () => {
    const config = {
      headers: { 'x-token': 'Token {{ secrets.api_key }}' },
      query: { k: '{{ secrets.api_key }}' },
      body: { inner: ['{{ secrets.api_key }}'] },
    };
    const { body } = await chatter.execute(calling(config));
    expect(body.status).toBe('completed');
    const { headers, url: path, body: sent } = seen.at(-1)!;
    expect(headers['x-token']).toBe(`Token ${value}`);
    expect(new URL(path, 'http://x').searchParams.get('k')).toBe(value);
    expect(JSON.parse(sent)).toEqual({ inner: [value] });
    expect(await eventsOf(body.execution_id)).not.toContain('quartz');
    expect(JSON.stringify(body)).not.toContain('quartz');
  });

  it('is sent to its own hosts only', async () => {
    const before = seen.length;
    const elsewhere = url.replace('127.0.0.1', 'localhost');
    const { body } = await chatter.execute(
      calling({ url: `${elsewhere}/x`, auth: { type: 'bearer', secret: 'api_key' } }),
    );
    expect(body.error).toMatchObject({ code: 'secret_host_refused', retryable: false });
    expect(seen).toHaveLength(before);
  });

  it('does not come of data that looks like a reference to it', async () => {
    const forged = '\uE000secret:api_key\uE001';
    const before = seen.length;
    const own = await chatter.execute(
      calling({ auth: { type: 'bearer', secret: 'api_key' }, body: '{{ input.text }}' }, { text: forged }),
    );
    expect(own.body.error).toMatchObject({ code: 'secret_reference_in_data' });
    expect(seen).toHaveLength(before);
    const none = await chatter.execute(calling({ body: '{{ input.text }}' }, { text: forged }));
    expect(none.body.status).toBe('completed');
    expect(seen.at(-1)!.body).toBe(forged); // a text like all texts
  });

  it('may not be named where it would be shown', async () => {
    const { body } = await chatter.execute(custom(node('say', 'transform', { value: '{{ secrets.api_key }}' })));
    expect(body.error).toMatchObject({
      code: 'validation_failed',
      validation: [{ rule: 'security.secret_misplaced' }],
    });
    const address = await chatter.execute(calling({ url: `${url}/{{ secrets.api_key }}` }));
    expect(address.body.error.code).toBe('validation_failed');
  });

  it('is in no file in clear', () => {
    const files = readdirSync(chatter.dataDir, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    for (const file of files) expect(readFileSync(join(file.parentPath, file.name)).includes(value)).toBe(false);
    expect(files.length).toBeGreaterThan(1);
  });

  it('is there after a restart, can be replaced, and is gone once it is deleted', async () => {
    await chatter.restart();
    const use = () => chatter.execute(calling({ auth: { type: 'bearer', secret: 'api_key' } }));
    expect((await use()).body.status).toBe('completed');
    expect((await chatter.call('PUT', `${at}/api_key`, { value: 'another one', hosts: ['127.0.0.1'] })).status).toBe(
      200,
    );
    await use();
    expect(seen.at(-1)!.headers.authorization).toBe('Bearer another one');
    expect((await chatter.call('DELETE', `${at}/api_key`)).status).toBe(204);
    expect((await use()).body.error).toMatchObject({ code: 'secret_not_found' });
    expect((await chatter.call('PUT', `${at}/api_key`, { value: 'once more', hosts: ['x.example'] })).status).toBe(404);
  });

  it.each([
    [{ name: 'No', value: 'long enough', hosts: ['x.example'] }],
    [{ name: 'no', value: 'abc', hosts: ['x.example'] }],
    [{ name: 'no', value: 'long enough', hosts: [] }],
    [{ name: 'no', value: 'long enough', hosts: ['https://x.example/'] }],
    [{ name: 'no', value: 'long enough' }],
  ])('is refused where it makes no sense: %j', async (body) => {
    const answer = await chatter.call('POST', at, body);
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
    expect(JSON.stringify(answer.body)).not.toContain('long enough');
  });

  it('is made once under its name', async () => {
    const wish = { name: 'twice', value: 'long enough', hosts: ['x.example'] };
    expect((await chatter.call('POST', at, wish)).status).toBe(201);
    expect((await chatter.call('POST', at, wish)).body.code).toBe('secret_exists');
  });
});
