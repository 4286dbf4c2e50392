import { describe, expect, it } from '@jest/globals';
import { type HttpRequest, type HttpResponse, NodeFailure, secretReference } from '#plugin-sdk';
import { allowsHost } from './secret-hosts.js';
import { withSecrets, type SecretSource } from './secrets.js';

const value = 'p@ss"word/1';
const source: SecretSource = {
  find: async (tenant, name) => (tenant === 'default' && name === 'key' ? { value, hosts: ['api.example.com'] } : null),
};
const key = secretReference('key');
const request = (more: Partial<HttpRequest> = {}): HttpRequest => ({
  url: 'https://api.example.com/x',
  method: 'POST',
  headers: {},
  maxBytes: 1_000,
  followRedirects: true,
  ...more,
});

async function send(
  wish: HttpRequest,
  { secrets = ['key'], tenant = 'default', answer = {} as Partial<HttpResponse> } = {},
) {
  const sent: HttpRequest[] = [];
  const client = withSecrets(
    { send: async (one) => (sent.push(one), { status: 200, headers: {}, body: '', ...answer }) },
    { tenant, secrets },
    source,
  );
  return { answer: await client.send(wish), sent: sent[0]! };
}

describe('a request that refers to a secret', () => {
  it('carries its value, as it has to be written where it stands', async () => {
    const { sent } = await send(
      request({
        url: `https://api.example.com/x?a=1%2F2&k=${encodeURIComponent(key)}`,
        headers: {
          authorization: `Bearer ${key}`,
          'content-type': 'application/json',
          'x-basic': `Basic ${secretReference('key', 'ädä:x')}`,
        },
        body: JSON.stringify({ key }),
      }),
    );
    expect(sent.url).toBe(`https://api.example.com/x?a=1%2F2&k=${encodeURIComponent(value)}`);
    expect(sent.headers['authorization']).toBe(`Bearer ${value}`);
    expect(Buffer.from(sent.headers['x-basic']!.slice(6), 'base64').toString()).toBe(`ädä:x:${value}`);
    expect(JSON.parse(sent.body!)).toEqual({ key: value });
    expect(sent.followRedirects).toBe(false);
  });

  it('is sent as it is where it refers to none', async () => {
    const { sent } = await send(request({ body: 'plain' }));
    expect(sent).toEqual(request({ body: 'plain' }));
  });

  it('gets no value of a secret that its graph does not name', async () => {
    const { sent } = await send(request({ body: secretReference('other') }));
    expect(sent.body).toBe(secretReference('other'));
    expect((await send(request({ body: key }), { secrets: [] })).sent.body).toBe(key);
    expect((await send(request({ body: key }))).sent.body).toBe(value); // the control
  });

  it('goes to the hosts of the secret, and nowhere else', async () => {
    const elsewhere = send(request({ url: 'https://evil.example/x', body: key }));
    await expect(elsewhere).rejects.toMatchObject({ code: 'secret_host_refused', retryable: false });
    await expect(send(request({ body: key }), { tenant: 'other' })).rejects.toMatchObject({ code: 'secret_not_found' });
  });

  it('gives on what comes back without the value, in whatever form', async () => {
    const forms = [value, JSON.stringify(value), encodeURIComponent(value), Buffer.from(value).toString('base64')];
    const { answer } = await send(request({ body: key }), {
      answer: { headers: { 'x-echo': value }, body: forms.join(' ') },
    });
    expect(answer.headers['x-echo']).toBe('[secret:key]');
    for (const form of forms) expect(answer.body).not.toContain(form.replaceAll('"', ''));
  });

  it('fails without the value in its words', async () => {
    const failing = withSecrets(
      {
        send: async () =>
          Promise.reject(
            new NodeFailure({ code: 'x', message: `no ${value}`, details: { at: value }, retryable: true }),
          ),
      },
      { tenant: 'default', secrets: ['key'] },
      source,
    );
    await expect(failing.send(request({ body: key }))).rejects.toMatchObject({
      code: 'x',
      message: 'no [secret:key]',
      retryable: true,
      details: { at: '[secret:key]' },
    });
  });
});

describe('the hosts of a secret', () => {
  it.each([
    [['api.example.com'], 'api.example.com', '443', true],
    [['api.example.com:8443'], 'api.example.com', '443', false],
    [['api.example.com:8443'], 'api.example.com', '8443', true],
    [['*.example.com'], 'a.b.example.com', '443', true],
    [['*.example.com'], 'example.com', '443', false],
    [['example.com'], 'api.example.com', '443', false],
    [['example.com'], 'example.com.evil.example', '443', false],
  ])('%j and %s:%s: %s', (hosts, host, port, allowed) => expect(allowsHost(hosts, host, port)).toBe(allowed));
});
