import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeEmbedded } from '../support/embedded.js';
import { Chatter } from '../support/chatter.js';
import { custom, line, node, twice } from '../support/graphs.js';

const at = '/api/v1/workflows/executions';

let chatter: Chatter;
beforeAll(async () => {
  chatter = await Chatter.boot();
});
afterAll(() => chatter.close());

const get = (path: string) => chatter.call('GET', `${at}${path}`);
const run = async (body: object = twice): Promise<string> => (await chatter.execute(body)).body.execution_id;
const idsIn = ({ body }: { body: { executions: { execution_id: string }[] } }) =>
  body.executions.map(({ execution_id }) => execution_id);

describe('The list of executions', () => {
  let ok: string;
  let failed: string;
  let waiting: string;
  let definition: string;
  let ofDefinition: string;

  beforeAll(async () => {
    ok = await run({ ...twice, config: { tags: ['listed', 'even'] } });
    failed = await run({
      ...custom(node('fail', 'transform', { value: '{{ input.nothing + 1 }}' })),
      config: { tags: ['listed'] },
    });
    waiting = await run({ ...custom(node('wait', 'delay', { duration_ms: 600_000 })), config: { tags: ['listed'] } });
    definition = (await chatter.call('POST', '/api/v1/workflows/definitions', { name: 'Listed', ...line() })).body.id;
    ofDefinition = await run({ workflow_type: 'definition', definition_id: definition, config: { tags: ['listed'] } });
  });

  it('shows newest first what was just started', async () => {
    const list = await get('?tag=listed');
    expect(list.status).toBe(200);
    expect(idsIn(list)).toEqual([ofDefinition, waiting, failed, ok]);
    expect(list.body).toMatchObject({ total_count: 4, next_cursor: null });
    expect(list.body.executions.at(-1)).toMatchObject({
      execution_id: ok,
      status: 'completed',
      workflow_type: 'custom',
      tags: ['listed', 'even'],
      tokens_used: 0,
      cost: 0,
    });
    expect(list.body.executions[0]).toMatchObject({
      definition_id: definition,
      definition_version: 1,
      definition_name: 'Listed',
    });
    expect(list.body.executions[2]).toMatchObject({ status: 'failed', error_message: expect.stringMatching(/\S/) });
  });

  it('filters by status, type, definition, tag and time', async () => {
    expect(idsIn(await get('?tag=listed&status=failed'))).toEqual([failed]);
    expect(idsIn(await get('?tag=listed&status=waiting'))).toEqual([waiting]);
    expect(idsIn(await get('?tag=listed&workflow_type=definition'))).toEqual([ofDefinition]);
    expect(idsIn(await get(`?definition_id=${definition}`))).toEqual([ofDefinition]);
    expect(idsIn(await get('?definition_id=wf_nonsense'))).toEqual([]);
    expect(idsIn(await get('?tag=even'))).toEqual([ok]);
    expect(idsIn(await get('?started_after=2100-01-01T00:00:00.000Z'))).toEqual([]);
    expect(idsIn(await get('?started_before=2000-01-01T00:00:00.000Z'))).toEqual([]);
    expect(idsIn(await get('?tag=listed&started_after=2000-01-01T00:00:00.000Z'))).toHaveLength(4);
  });

  it('is read page by page, each execution once', async () => {
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await get(
        `?tag=listed&sort=started_at&limit=3${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      seen.push(...idsIn(page));
      cursor = page.body.next_cursor;
    }
    expect(seen).toEqual([ok, failed, waiting, ofDefinition]);
  });

  it('refuses a filter that it does not know', async () => {
    for (const query of ['status=asleep', 'workflow_type=magic', 'started_after=today', 'sort=id', 'owner=me']) {
      const { status, body } = await get(`?${query}`);
      expect([query, status, body.code]).toEqual([query, 400, 'invalid_request']);
    }
  });
});

describe('The history of an execution', () => {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

  it('has every event, and verifies as a chain for who has nothing but the answer', async () => {
    const id = await run({ ...twice, input_data: { n: 21, '10': 'ü€𝄞', '9': [1.5, null, true, -0] } });
    const text = await (await chatter.fetch('GET', `${at}/${id}/events`)).text();
    const stored = [...text.matchAll(/"data":(\{.*?\}),"data_hash"/g)].map((match) => match[1]!);
    const { events, total_count, next_cursor } = JSON.parse(text);
    expect(events.map(({ type }: { type: string }) => type)).toEqual(
      expect.arrayContaining(['StepCompleted', 'ExecutionCompleted']),
    );
    expect([total_count, next_cursor, stored.length]).toEqual([events.length, null, events.length]);
    let prev = sha256(`chatter.genesis.v1\n${events[0].stream}`);
    for (const [revision, event] of events.entries()) {
      const {
        stream,
        type,
        schema,
        tenant,
        at: when,
        actor,
        causation_id: cause,
        correlation_id: corr,
        data_hash: dataHash,
      } = event;
      expect(sha256(stored[revision]!)).toBe(dataHash);
      expect([event.revision, event.prev]).toEqual([revision, prev]);
      const header = {
        actor,
        at: when,
        cause,
        corr,
        dataHash,
        id: event.id,
        prev,
        revision: String(revision),
        schema,
        stream,
        tenant,
        type,
        v: 1,
      };
      prev = sha256(`chatter.event.v1\n${JSON.stringify(header)}`);
      expect(event.hash).toBe(prev);
    }
    expect((await get(`/${id}/verify`)).body).toEqual({
      valid: true,
      events: events.length,
      head: prev,
      first_bad: null,
      checkpoint: null,
    });
  });

  it('is read page by page', async () => {
    const id = await run();
    const { body: all } = await get(`/${id}/events`);
    const seen: number[] = [];
    for (let cursor: string | null = '0'; cursor !== null;) {
      const { body } = await get(`/${id}/events?limit=2&cursor=${cursor}`);
      seen.push(...body.events.map(({ revision }: { revision: number }) => revision));
      cursor = body.next_cursor;
    }
    expect(seen).toEqual(all.events.map(({ revision }: { revision: number }) => revision));
    expect((await get(`/${id}/events?limit=0`)).status).toBe(400);
    expect((await get(`/${id}/events?cursor=x`)).status).toBe(400);
  });

  it('tells the state as it was after any event', async () => {
    const id = await run({
      ...custom(
        node('remember', 'variable', { operation: 'set', variable_name: 'seen', value: 7 }),
        node('wait', 'delay', { duration_ms: 300 }),
      ),
      config: { debug_mode: true },
    });
    await chatter.until(id, 'completed', 'failed');
    const { body: history } = await get(`/${id}/events`);
    const last = history.events.length - 1;
    const states = await Promise.all(
      history.events.map(({ revision }: { revision: number }) => get(`/${id}/state?revision=${revision}`)),
    );
    expect(states.map(({ body }) => body.revision)).toEqual(
      history.events.map(({ revision }: { revision: number }) => revision),
    );
    expect(states[0]!.body).toMatchObject({ revision: 0, status: 'running', variables: {} });
    expect(states.map(({ body }) => body.status)).toContain('waiting');
    expect(states[last]!.body).toMatchObject({ status: 'completed', variables: { seen: 7 }, waiting_for: null });
    expect((await get(`/${id}/state`)).body).toEqual(states[last]!.body);
    const beyond = await get(`/${id}/state?revision=${last + 1}`);
    expect([beyond.status, beyond.body.code]).toEqual([404, 'event_not_found']);
    for (const bad of ['-1', 'x', '1.5', '', '0x1', '1e0', '1&revision=2', '9'.repeat(20)])
      expect((await get(`/${id}/state?revision=${bad}`)).status).toBe(400);
  });

  it('has log lines, by level', async () => {
    const id = await run();
    const { status, body } = await get(`/${id}/logs`);
    expect([status, body.total_count]).toEqual([200, body.logs.length]);
    expect((await get(`/${id}/logs?level=warn`)).body.logs).toEqual([]);
    expect((await get(`/${id}/logs?level=loud`)).body.code).toBe('invalid_request');
  });
});

describe('Cancelling', () => {
  it('ends a run that waits, with the reason on the record, and only once', async () => {
    const id = await run(
      custom(node('wait', 'delay', { duration_ms: 600_000 }), node('after', 'transform', { value: 1 })),
    );
    const { status, body } = await chatter.call('POST', `${at}/${id}/cancel`, { reason: 'No longer wanted' });
    expect(status).toBe(202);
    expect(body.execution_id).toBe(id);
    const ended = await chatter.until(id, 'cancelled');
    expect(ended).toMatchObject({ success: false, output: null });
    expect(ended.steps.map(({ node_id }: { node_id: string }) => node_id)).not.toContain('after');
    const { body: history } = await get(`/${id}/events`);
    expect(JSON.stringify(history.events)).toContain('No longer wanted');

    const again = await chatter.call('POST', `${at}/${id}/cancel`);
    expect([again.status, again.body.code]).toEqual([409, 'execution_ended']);
  });

  it('is refused for a run that has ended, and for a body that is none', async () => {
    const id = await run();
    expect((await chatter.call('POST', `${at}/${id}/cancel`, {})).status).toBe(409);
    for (const body of [{ reason: 7 }, { why: 'x' }, { force: 'yes' }, []]) {
      expect((await chatter.call('POST', `${at}/${id}/cancel`, body)).body.code).toBe('invalid_request');
    }
  });
});

describe('An uncertain step', () => {
  it('is resolved only where there is one', async () => {
    const id = await run(custom(node('wait', 'delay', { duration_ms: 600_000 })));
    const resolve = (path: string, body: object) => chatter.call('POST', `${at}/${id}/steps/${path}`, body);
    expect((await resolve('wait/resolve', { outcome: 'succeeded' })).body.code).toBe('step_not_uncertain');
    expect((await resolve('nobody/resolve', { outcome: 'failed' })).status).toBe(409);
    expect((await resolve('wait/resolve', { outcome: 'perhaps' })).body.code).toBe('invalid_request');
    expect((await resolve('wait/resolve', {})).body.code).toBe('invalid_request');
    expect((await resolve('wait', { outcome: 'failed' })).body.code).toBe('not_found');
  });
});

describeEmbedded('A change to what is stored', () => {
  /** Runs, stops the application, changes the log, starts it again, and asks what the verification says. */
  async function verifiedAfter(
    change: (database: DatabaseSync, stream: string) => void,
  ): Promise<{ body: { valid: boolean; first_bad: unknown; events: number } }> {
    const id = await run();
    expect((await get(`/${id}/verify`)).body.valid).toBe(true);
    await chatter.stop();
    const database = new DatabaseSync(join(chatter.dataDir, 'events.db'));
    change(database, id.replace('exec_', 'execution-'));
    database.close();
    await chatter.start();
    return get(`/${id}/verify`);
  }

  const event = 'WHERE revision = 2 AND stream_id = (SELECT id FROM streams WHERE name = ?)';

  it.each([
    ['a number in the data', `UPDATE events SET data = replace(data, '42', '43') ${event}`, 'data_hash'],
    ['a letter in the type', `UPDATE events SET type = replace(type, 'S', 's') ${event}`, 'hash'],
    [
      'the time',
      `UPDATE events SET envelope = json_set(envelope, '$.at', '2020-01-01T00:00:00.000Z') ${event}`,
      'hash',
    ],
    ['the actor', `UPDATE events SET envelope = json_set(envelope, '$.actor.sub', 'usr_somebody') ${event}`, 'hash'],
    [
      'the hash of the data, with it',
      `UPDATE events SET envelope = json_set(envelope, '$.hash', printf('%064d', 0)) ${event}`,
      'hash',
    ],
    ['an event that is missing', `DELETE FROM events ${event}`, 'revision_gap'],
  ])('is found and named: %s', async (_, sql, reason) => {
    const { body } = await verifiedAfter((database, stream) =>
      expect(database.prepare(sql).run(stream).changes).toBe(1),
    );
    expect(body).toMatchObject({ valid: false, events: 2, first_bad: { revision: 2, reason } });
  });

  it('is found and named: one bit of one byte in the file', async () => {
    const id = await run(custom(node('say', 'transform', { value: "{{ 'needle-' + 'in-a-haystack' }}" })));
    const { body: history } = await get(`/${id}/events`);
    const revision = history.events.findIndex(({ data }: { data: object }) =>
      JSON.stringify(data).includes('needle-in-a-haystack'),
    );
    await chatter.stop();
    const database = new DatabaseSync(join(chatter.dataDir, 'events.db'));
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    database.close();
    const file = join(chatter.dataDir, 'events.db');
    const bytes = readFileSync(file);
    const places: number[] = [];
    for (
      let place = bytes.indexOf('needle-in-a-haystack');
      place >= 0;
      place = bytes.indexOf('needle-in-a-haystack', place + 1)
    )
      places.push(place);
    expect(places.length).toBeGreaterThan(0);
    for (const place of places) bytes[place]! ^= 1;
    writeFileSync(file, bytes);
    await chatter.start();
    expect((await get(`/${id}/verify`)).body).toMatchObject({
      valid: false,
      events: revision,
      first_bad: { revision, reason: 'data_hash' },
    });
  });

  it('to data that is no JSON any more is not served as if it were, and the rest of the server stays up', async () => {
    const id = await run();
    await chatter.stop();
    const database = new DatabaseSync(join(chatter.dataDir, 'events.db'));
    database
      .prepare(`UPDATE events SET data = replace(data, '{', '<') ${event}`)
      .run(id.replace('exec_', 'execution-'));
    database.close();
    await chatter.start();
    const { status, body } = await get(`/${id}/events`);
    expect([status, body.code]).toEqual([expect.any(Number), 'history_unreadable']);
    expect(body.detail).toContain('verify');
    expect((await get(`/${id}/verify`)).body).toMatchObject({ valid: false, first_bad: { revision: 2 } });
    expect((await chatter.execute(twice)).body.output).toBe(42);
  });
});
