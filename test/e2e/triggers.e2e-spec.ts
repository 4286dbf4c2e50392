import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { SecretValues } from '../../src/triggers/secret-values.js';
import { Chatter } from '../support/chatter.js';
import { edge, node } from '../support/graphs.js';

const at = '/api/v1/workflows/definitions';
const secret = 'a secret that both sides know';

let chatter: Chatter;
beforeAll(async () => {
  chatter = await Chatter.boot();
  knowSecret();
});
afterAll(() => chatter.close());

const knowSecret = (): void => {
  const find = (_tenant: string, name: string) => Promise.resolve(name === 'shared' ? secret : null);
  jest.spyOn(chatter.nest.get(SecretValues), 'find').mockImplementation(find);
};

const hooked = (config: object, value: unknown = '{{ incoming }}') => ({
  name: 'Hooked',
  nodes: [node('hook', 'webhook', config), node('say', 'transform', { value }), node('end', 'end')],
  edges: [edge('hook', 'say'), edge('say', 'end')],
});
const scheduled = (config: object) => ({
  name: 'Scheduled',
  nodes: [node('times', 'schedule', config), node('end', 'end')],
  edges: [edge('times', 'end')],
});

async function published(body: object, active = true): Promise<string> {
  const { status, body: made } = await chatter.call('POST', at, body);
  expect([status, made.detail]).toEqual([201, undefined]);
  if (active) expect((await patch(made.id, { active: true })).status).toBe(200);
  return made.id;
}
const patch = (id: string, body: object) => chatter.call('PATCH', `${at}/${id}`, body);
const send = (path: string, body?: unknown, headers: Record<string, string> = {}, method = 'POST') =>
  chatter.call(method, `/hooks/default/${path}`, body, { authorization: '', ...headers });
const output = async (id: string) => (await chatter.until(id, 'completed', 'failed')).output;
const runsOf = async (id: string): Promise<{ execution_id: string }[]> =>
  (await chatter.call('GET', `/api/v1/workflows/executions?definition_id=${id}&limit=200`)).body.executions;

describe('A webhook', () => {
  it('is there while its definition is active: 404 before, 202 then, 404 afterwards', async () => {
    const id = await published(hooked({ path: 'orders/new' }), false);
    const before = await send('orders/new', { n: 1 });
    expect([before.status, before.body.code, before.body.detail]).toEqual([
      404,
      'not_found',
      'There is nothing at this address.',
    ]);
    const activated = await patch(id, { active: true });
    expect(activated.body.triggers).toEqual([
      {
        node_id: 'hook',
        type: 'webhook',
        live: true,
        url: '/hooks/default/orders/new',
        methods: ['POST'],
        next_firing_at: null,
      },
    ]);
    const answer = await send('orders/new?a=1&a=2&b=x', { n: 1 }, { cookie: 'session=1', 'x-odd': 'Y' });
    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({ execution_id: expect.stringMatching(/^exec_/), status: 'accepted' });
    expect(answer.headers.get('location')).toBe(`/api/v1/workflows/executions/${answer.body.execution_id}`);
    const given = await output(answer.body.execution_id);
    expect(given).toMatchObject({ method: 'POST', query: { a: ['1', '2'], b: 'x' }, body: { n: 1 } });
    expect(given.headers).toMatchObject({ 'x-odd': 'Y', 'content-type': 'application/json' });
    expect(given.headers).not.toHaveProperty('cookie');

    const { body: definition } = await chatter.call('GET', `${at}/${id}`);
    const { body: history } = await chatter.call(
      'GET',
      `/api/v1/workflows/executions/${answer.body.execution_id}/events`,
    );
    expect(history.events[0].actor).toEqual({ sub: definition.owner_id, via: 'engine' });

    await patch(id, { active: false });
    expect((await send('orders/new', { n: 1 })).status).toBe(404);
    await patch(id, { active: true });
    expect((await send('orders/new', { n: 1 })).status).toBe(202);
    await chatter.call('DELETE', `${at}/${id}`);
    expect((await send('orders/new', { n: 1 })).status).toBe(404);
  });

  it('answers only what it should: its tenant, its path, its methods, JSON, and not too much', async () => {
    await published(hooked({ path: 'strict', methods: ['POST', 'GET'] }));
    expect((await chatter.call('POST', '/hooks/other/strict', {})).status).toBe(404);
    expect((await send('strict/more', {})).status).toBe(404);
    expect((await send('Strict', {})).status).toBe(404);
    const put = await send('strict', {}, {}, 'PUT');
    expect([put.status, put.body.code]).toEqual([405, 'method_not_allowed']);
    expect((await send('strict', undefined, {}, 'GET')).status).toBe(202);
    expect((await chatter.fetch('HEAD', '/hooks/default/strict', undefined, { authorization: '' })).status).toBe(405);
    const text = await send('strict', 'hello', { 'content-type': 'text/plain' });
    expect([text.status, text.body.code]).toEqual([415, 'unsupported_media_type']);
    const large = await send('strict', { text: 'x'.repeat(1024 * 1024) });
    expect([large.status, large.body.code]).toEqual([413, 'too_large']);
    for (const [body, code] of [
      ['{"a":1', 'malformed_json'],
      ['{"a":1,"a":2}', 'duplicate_key'],
      ['{"__proto__":1}', 'forbidden_key'],
    ] as const) {
      expect((await send('strict', body, { 'content-type': 'application/json' })).body.code).toBe(code);
    }
  });

  it('gives numbers that no double holds as texts, with a warning', async () => {
    await published(hooked({ path: 'numbers', respond: 'result' }));
    const { status, body, headers } = await send('numbers', '{"id":12345678901234567890,"n":1.5,"small":7}', {
      'content-type': 'application/json',
    });
    expect([status, body.body]).toEqual([200, { id: '12345678901234567890', n: 1.5, small: 7 }]);
    const { body: run } = await chatter.call('GET', headers.get('location')!);
    expect(run.warnings).toContainEqual(expect.objectContaining({ code: 'unsafe_number', path: '/input_data/body' }));
  });

  it('answers with the output, where that is asked for; with 502 where the run fails, and 202 where it waits', async () => {
    await published(hooked({ path: 'sum', respond: 'result' }, '{{ incoming.body.a + incoming.body.b }}'));
    expect(await send('sum', { a: 1, b: 2 })).toMatchObject({ status: 200, body: 3 });
    const failed = await send('sum', { a: 1 });
    expect([failed.status, failed.body.code]).toEqual([502, 'hook_run_failed']);
    expect(failed.body.execution_id).toMatch(/^exec_/);
    const waits = hooked({ path: 'waits', respond: 'result' });
    waits.nodes[1] = node('say', 'delay', { duration_ms: 60_000 });
    await published(waits);
    expect(await send('waits', {})).toMatchObject({ status: 202, body: { status: 'accepted' } });
  });

  it('begins nothing where the body is not what it asks for', async () => {
    const schema = { type: 'object', required: ['n'], properties: { n: { type: 'integer' } } };
    const id = await published(hooked({ path: 'schema', body_schema: schema }));
    const refused = await send('schema', { n: 'one' });
    expect([refused.status, refused.body.code]).toEqual([422, 'hook_body_invalid']);
    expect(refused.body.errors.at(-1)).toMatchObject({ path: '/n' });
    expect((await send('schema', { n: 1 })).status).toBe(202);
    expect(await runsOf(id)).toHaveLength(1);
  });

  it('runs a delivery that comes again once', async () => {
    const id = await published(hooked({ path: 'again', delivery_header: 'X-Event-Id' }));
    for (const header of ['idempotency-key', 'x-github-delivery', 'x-event-id']) {
      const [first, second] = await Promise.all([
        send('again', { n: 1 }, { [header]: `by ${header}`.replaceAll(' ', '-') }),
        send('again', { n: 1 }, { [header]: `by ${header}`.replaceAll(' ', '-') }),
      ]);
      expect([first.status, second.status]).toEqual([202, 202]);
      expect(first.body.execution_id).toBe(second.body.execution_id);
      const third = await send('again', { n: 1 }, { [header]: `by-${header}` });
      expect([third.body.execution_id, third.headers.get('idempotent-replayed')]).toEqual([
        first.body.execution_id,
        'true',
      ]);
      const other = await send('again', { n: 2 }, { [header]: `by-${header}` });
      expect([other.status, other.body.code]).toEqual([409, 'idempotency_key_reused']);
    }
    expect(await runsOf(id)).toHaveLength(3);
    expect((await send('again', {}, { 'idempotency-key': 'a b' })).body.code).toBe('invalid_header');
  });

  it('is bounded in what it begins', async () => {
    await published(hooked({ path: 'busy' }));
    const answers: number[] = [];
    let retryAfter: string | null = null;
    for (let n = 0; n < 400 && retryAfter === null; n += 1) {
      const { status, headers } = await send('busy', { n }, { 'idempotency-key': 'the-same' });
      answers.push(status);
      if (status === 429) retryAfter = headers.get('retry-after');
    }
    expect([answers.at(-1), retryAfter]).toEqual([429, '1']);
    expect(answers.length).toBeGreaterThan(100);
  });
});

describe('A webhook that is verified', () => {
  const sign = (text: string) => createHmac('sha256', secret).update(text).digest('hex');
  const json = { 'content-type': 'application/json' };

  it('by a secret in a header takes the right one only, and does not give it on', async () => {
    const id = await published(hooked({ path: 'secret', verify: { secret: 'shared', header: 'X-Token' } }));
    for (const headers of [{}, { 'x-token': 'wrong' }, { 'x-token': '' }, { 'x-token': `${secret} ` + 'x' }]) {
      const refused = await send('secret', {}, headers as Record<string, string>);
      expect([refused.status, refused.body.code]).toEqual([401, 'hook_unverified']);
    }
    const right = await send('secret', {}, { 'x-token': secret });
    expect(right.status).toBe(202);
    expect((await output(right.body.execution_id)).headers).not.toHaveProperty('x-token');
    expect(await runsOf(id)).toHaveLength(1);
  });

  it('by a signature takes the body as it was signed, to the byte', async () => {
    const verify = { scheme: 'hmac_sha256', secret: 'shared', header: 'X-Hub-Signature-256', prefix: 'sha256=' };
    await published(hooked({ path: 'signed', verify }));
    const text = '{ "n" :  1 }';
    const right = { ...json, 'x-hub-signature-256': `sha256=${sign(text)}` };
    expect((await send('signed', text, right)).status).toBe(202);
    expect((await send('signed', '{"n":1}', right)).status).toBe(401);
    for (const signature of [sign(text), `sha256=${sign(`${text} `)}`, 'sha256=', `sha256=${'0'.repeat(64)}`])
      expect((await send('signed', text, { ...json, 'x-hub-signature-256': signature })).status).toBe(401);
    expect((await send('signed', text, json)).status).toBe(401);
    const base64 = createHmac('sha256', secret).update(text).digest('base64');
    expect((await send('signed', text, { ...json, 'x-hub-signature-256': `sha256=${base64}` })).status).toBe(202);
  });

  it('with its time refuses what is old, and runs what is sent again once, under whatever id', async () => {
    const verify = { scheme: 'hmac_sha256', secret: 'shared', header: 'X-Signature', timestamp_header: 'X-Timestamp' };
    const id = await published(hooked({ path: 'timed', verify }));
    const text = '{"n":1}';
    const at = (ms: number, signed = ms) => ({
      ...json,
      'x-timestamp': String(Math.floor(ms / 1_000)),
      'x-signature': sign(`${Math.floor(signed / 1_000)}.${text}`),
    });
    const now = Date.now();
    const first = await send('timed', text, at(now));
    expect(first.status).toBe(202);
    const again = await send('timed', text, { ...at(now), 'idempotency-key': 'another-id' });
    expect([again.body.execution_id, again.headers.get('idempotent-replayed')]).toEqual([
      first.body.execution_id,
      'true',
    ]);
    expect((await send('timed', text, at(now - 6 * 60_000))).status).toBe(401);
    expect((await send('timed', text, at(now + 6 * 60_000))).status).toBe(401);
    expect((await send('timed', text, at(now, now - 6 * 60_000))).status).toBe(401);
    expect((await send('timed', text, { ...at(now), 'x-timestamp': 'now' })).status).toBe(401);
    expect((await send('timed', text, { ...json, 'x-signature': sign(text) })).status).toBe(401);
    expect(await runsOf(id)).toHaveLength(1);
  });

  it('by a secret that is not there takes nothing', async () => {
    await published(hooked({ path: 'unknown-secret', verify: { secret: 'nobody-knows' } }));
    expect((await send('unknown-secret', {}, { 'x-webhook-secret': '' })).status).toBe(401);
    expect((await send('unknown-secret', {}, { 'x-webhook-secret': 'null' })).status).toBe(401);
  });
});

describe('An address', () => {
  it('belongs to one active definition: the second is refused, by activation and by a new version', async () => {
    const first = await published(hooked({ path: 'mine' }));
    const second = await published(hooked({ path: '/mine' }), false);
    const refused = await patch(second, { active: true });
    expect([refused.status, refused.body.code, refused.body.definition_id]).toEqual([409, 'hook_path_taken', first]);
    expect((await chatter.call('GET', `${at}/${second}`)).body.active).toBe(false);
    await chatter.call('PUT', `${at}/${second}`, hooked({ path: 'theirs' }));
    expect((await patch(second, { active: true })).status).toBe(200);
    const back = await chatter.call('PUT', `${at}/${second}`, hooked({ path: 'mine' }));
    expect([back.status, back.body.code]).toEqual([409, 'hook_path_taken']);
    expect((await chatter.call('POST', `${at}/${second}/versions/1/restore`)).status).toBe(409);
    await chatter.call('PUT', `${at}/${second}/draft`, hooked({ path: 'mine' }));
    expect((await chatter.call('POST', `${at}/${second}/publish`)).status).toBe(409);
    await patch(first, { active: false });
    expect((await chatter.call('POST', `${at}/${second}/publish`)).status).toBe(200);
    expect((await send('theirs', {})).status).toBe(404);
    expect((await send('mine', {})).status).toBe(202);
  });

  it('goes to one of two that are activated at the same time', async () => {
    const ids = [await published(hooked({ path: 'race' }), false), await published(hooked({ path: 'race' }), false)];
    const statuses = (await Promise.all(ids.map((id) => patch(id, { active: true })))).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([200, 409]);
  });

  it('is refused where it could be none', async () => {
    const { status, body } = await chatter.call('POST', at, hooked({ path: '../up' }));
    expect([status, body.errors[0]]).toMatchObject([422, { node_id: 'hook', path: expect.stringContaining('/path') }]);
  });

  it('needs the right to run of who activates it', async () => {
    const id = await published(hooked({ path: 'rights' }), false);
    const { body } = await chatter.call('POST', '/api/v1/auth/api-keys', {
      name: 'Writes',
      scopes: ['definitions:write', 'definitions:read'],
    });
    const writer = { authorization: `Bearer ${body.key}` };
    const refused = await chatter.call('PATCH', `${at}/${id}`, { active: true }, writer);
    expect([refused.status, refused.body.code]).toEqual([403, 'forbidden']);
    expect((await chatter.call('PATCH', `${at}/${id}`, { active: false }, writer)).status).toBe(200);
  });
});

describe('A schedule', () => {
  it('begins executions of its own, as its owner, one per moment, also across a restart', async () => {
    const id = await published(scheduled({ cron: '* * * * * *' }));
    const { body: definition } = await chatter.call('GET', `${at}/${id}`);
    expect(definition.triggers).toEqual([
      {
        node_id: 'times',
        type: 'schedule',
        live: true,
        url: null,
        methods: null,
        next_firing_at: expect.stringMatching(/\.000Z$/),
      },
    ]);
    const atLeast = async (count: number) => {
      while ((await runsOf(id)).length < count) await new Promise((resolve) => setTimeout(resolve, 50));
    };
    await atLeast(2);
    await chatter.restart();
    knowSecret();
    await atLeast(4);
    await patch(id, { active: false });
    const runs = await runsOf(id);
    const moments: string[] = [];
    for (const run of runs) {
      const result = await chatter.until(run.execution_id, 'completed');
      moments.push(result.output.scheduled_at);
      expect(Date.parse(result.started_at)).toBeGreaterThanOrEqual(Date.parse(result.output.scheduled_at));
      const { body: history } = await chatter.call('GET', `/api/v1/workflows/executions/${result.execution_id}/events`);
      expect(history.events[0].actor).toEqual({ sub: definition.owner_id, via: 'timer' });
    }
    expect(new Set(moments).size).toBe(moments.length);
    expect(moments.length).toBeGreaterThanOrEqual(4);
  });

  it('that was missed is made up for once, by its last moment, or skipped; with a clock that is two days on', async () => {
    const hourly = { cron: '0 * * * *' };
    const [once, skip] = [
      await published(scheduled({ ...hourly, missed: 'once' })),
      await published(scheduled({ ...hourly, missed: 'skip' })),
    ];
    const late = await published(scheduled({ ...hourly, missed: 'once' }), false);
    await chatter.stop();
    const later = Date.now() + 2 * 24 * 60 * 60 * 1_000;
    const lastHour = new Date(Math.floor(later / 3_600_000) * 3_600_000).toISOString();
    const clock = jest.spyOn(Date, 'now').mockReturnValue(later);
    try {
      await chatter.start();
      knowSecret();
      expect((await patch(late, { active: true })).status).toBe(200);
      const [made] = await runsOf(once);
      expect(await output(made!.execution_id)).toEqual({ scheduled_at: lastHour });
      await chatter.restart();
      knowSecret();
      expect([(await runsOf(once)).length, (await runsOf(skip)).length, (await runsOf(late)).length]).toEqual([
        1, 0, 0,
      ]);
    } finally {
      clock.mockRestore();
    }
    await chatter.restart();
    knowSecret();
  });

  it('is refused where it never comes, and shows no next time while it is not active', async () => {
    const { status, body } = await chatter.call('POST', at, scheduled({ cron: '0 0 31 2 *' }));
    expect([status, body.errors[0].node_id]).toEqual([422, 'times']);
    const id = await published(scheduled({ cron: '0 9 * * *', time_zone: 'Europe/Berlin' }), false);
    const { body: definition } = await chatter.call('GET', `${at}/${id}`);
    expect(definition.triggers).toMatchObject([{ live: false, next_firing_at: null }]);
  });
});

describe('After a restart', () => {
  it('webhooks that were active are there at once, deliveries are remembered, others are not there', async () => {
    const id = await published(hooked({ path: 'kept' }));
    await published(hooked({ path: 'never' }), false);
    const first = await send('kept', { n: 1 }, { 'idempotency-key': 'over-a-restart' });
    await chatter.restart();
    knowSecret();
    const again = await send('kept', { n: 1 }, { 'idempotency-key': 'over-a-restart' });
    expect([again.status, again.body.execution_id]).toEqual([202, first.body.execution_id]);
    expect((await send('never', {})).status).toBe(404);
    expect(await runsOf(id)).toHaveLength(1);
  });
});
