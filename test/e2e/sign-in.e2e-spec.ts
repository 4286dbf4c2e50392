import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventStore } from '#event-store';
import { adminEmail, adminPassword, Chatter } from '../support/chatter.js';

let chatter: Chatter;
beforeAll(async () => {
  chatter = await Chatter.boot();
});
afterAll(() => chatter.close());

const post = (path: string, body: object, token = '') =>
  chatter.call('POST', `/api/v1/auth/${path}`, body, { authorization: token && `Bearer ${token}` });
const signIn = async () => (await post('login', { email: adminEmail, password: adminPassword })).body;
const me = async (token: string) =>
  (await chatter.call('GET', '/api/v1/auth/me', undefined, { authorization: `Bearer ${token}` })).status;

describe('Signing in', () => {
  it('gives a short access token and a refresh token, and says who one is', async () => {
    const tokens = await signIn();
    expect(tokens).toMatchObject({ token_type: 'Bearer', expires_in: 900 });
    const { body } = await chatter.call('GET', '/api/v1/auth/me', undefined, {
      authorization: `Bearer ${tokens.access_token}`,
    });
    expect(body).toMatchObject({
      id: expect.stringMatching(/^usr_/),
      email: adminEmail,
      tenant: 'default',
      roles: ['admin'],
      scopes: ['*'],
    });
  });

  it('takes the address in any case', async () => {
    expect((await post('login', { email: adminEmail.toUpperCase(), password: adminPassword })).status).toBe(200);
  });

  it('answers a wrong password and an unknown user alike', async () => {
    const wrong = await post('login', { email: adminEmail, password: 'wrong' });
    const unknown = await post('login', { email: 'nobody@localhost', password: 'wrong' });
    const same = ({ request_id: _, ...rest }: Record<string, unknown>) => rest;
    expect(wrong.body).toMatchObject({ status: 401, code: 'invalid_credentials' });
    expect(same(unknown.body)).toEqual(same(wrong.body));
    await signIn();
  });

  it('puts a refusal on the record of the account', async () => {
    await post('login', { email: adminEmail, password: 'wrong' });
    await signIn();
    const types: string[] = [];
    for await (const { type } of chatter.nest.get(EventStore).readAll({ categories: ['account'] })) types.push(type);
    expect(types).toContain('SignInRefused');
  });

  it('lets wait who fails again and again, whatever comes then', async () => {
    const email = 'guess@localhost';
    const statuses: number[] = [];
    for (let attempt = 1; attempt <= 5; attempt += 1)
      statuses.push((await post('login', { email, password: 'wrong' })).status);
    expect(statuses).toEqual([401, 401, 401, 401, 429]);
    const { status, headers, body } = await post('login', { email, password: adminPassword });
    expect([status, body.code]).toEqual([429, 'too_many_attempts']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    await chatter.restart(); // delays are kept in memory: the address is as good as new
  });
});

describe('Staying signed in', () => {
  it('takes a refresh token once; shown again, it ends the session of whoever has it', async () => {
    const first = await signIn();
    const second = (await post('refresh', { refresh_token: first.refresh_token })).body;
    expect(await me(second.access_token)).toBe(200);
    expect((await post('refresh', { refresh_token: first.refresh_token })).body).toMatchObject({
      status: 401,
      code: 'unauthenticated',
    });
    expect(await me(second.access_token)).toBe(401);
    expect((await post('refresh', { refresh_token: second.refresh_token })).status).toBe(401);
  });

  it('refuses a refresh token that is none', async () => {
    const { refresh_token } = await signIn();
    const forged = [...refresh_token.split('.').slice(0, 2), 'forged'].join('.');
    for (const token of ['nonsense', 'a.b.c'])
      expect((await post('refresh', { refresh_token: token })).status).toBe(401);
    expect((await post('refresh', { refresh_token: forged })).status).toBe(401);
  });

  it('ends one session at a logout, at once and with its access token, and leaves the others', async () => {
    const [here, there] = [await signIn(), await signIn()];
    expect((await post('logout', { refresh_token: here.refresh_token }, here.access_token)).status).toBe(204);
    expect([await me(here.access_token), await me(there.access_token)]).toEqual([401, 200]);
    expect((await post('refresh', { refresh_token: here.refresh_token })).status).toBe(401);
  });

  it('ends no session for somebody who does not have its refresh token', async () => {
    const [mine, other] = [await signIn(), await signIn()];
    const guessed = [...mine.refresh_token.split('.').slice(0, 2), 'guessed'].join('.');
    expect((await post('logout', { refresh_token: guessed }, other.access_token)).status).toBe(204);
    expect(await me(mine.access_token)).toBe(200);
  });

  it('holds across a restart', async () => {
    const { access_token } = await signIn();
    await chatter.restart();
    expect(await me(access_token)).toBe(200);
  });

  it('refuses a token that was signed by somebody else, or changed', async () => {
    const { access_token } = await signIn();
    const [head, payload, signature] = access_token.split('.');
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
    for (const forged of [unsigned, `${head}.${payload}.${signature.slice(0, -2)}AA`])
      expect(await me(forged)).toBe(401);
  });
});

describe('Changing the password', () => {
  const newPassword = 'another long password';

  it('needs the old one, and a long new one', async () => {
    const { access_token } = await signIn();
    const wrong = await post('change-password', { current_password: 'wrong', new_password: newPassword }, access_token);
    expect(wrong.body).toMatchObject({ status: 401, code: 'invalid_credentials' });
    const short = await post(
      'change-password',
      { current_password: adminPassword, new_password: 'short' },
      access_token,
    );
    expect(short.body).toMatchObject({ status: 400, code: 'invalid_request' });
  });

  it('ends every other session, and the old password', async () => {
    const [here, there] = [await signIn(), await signIn()];
    const change = await post(
      'change-password',
      { current_password: adminPassword, new_password: newPassword },
      here.access_token,
    );
    expect(change.status).toBe(204);
    expect([await me(here.access_token), await me(there.access_token)]).toEqual([200, 401]);
    expect((await post('login', { email: adminEmail, password: adminPassword })).status).toBe(401);
    expect((await post('login', { email: adminEmail, password: newPassword })).status).toBe(200);
  });
});
