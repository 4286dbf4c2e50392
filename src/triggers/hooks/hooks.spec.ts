import { describe, expect, it } from '@jest/globals';
import { MemoryEventStore } from '#event-store';
import type { BeginOptions, ExecutionRequest, Run } from '#runtime';
import { LiveTriggers } from '../live-triggers.js';
import type { SecretValues } from '../secret-values.js';

const noSecrets: SecretValues = { find: () => Promise.resolve(null) };
import { Hooks, type Delivery, type HookParts } from './hooks.js';

const id = '00000000-0000-4000-8000-000000000001';
const version = { version: 1, name: '', metadata: {}, published_at: '2026-01-01T00:00:00.000Z' };

async function setup(config: object, more: Partial<HookParts> = {}) {
  const store = new MemoryEventStore();
  const live = new LiveTriggers(store.payloads, { warn: () => undefined });
  const graph = { nodes: [{ id: 'hook', type: 'webhook', data: { config } }], edges: [] };
  const { sha256 } = await store.payloads.put('default', new TextEncoder().encode(JSON.stringify(graph)));
  const begun: { request: ExecutionRequest; options: BeginOptions }[] = [];
  const warned: object[] = [];
  const hooks = new Hooks({
    live,
    secrets: noSecrets,
    begin: async (request, options) => {
      begun.push({ request, options });
      return { accepted: async () => '' } as unknown as Run;
    },
    mayRun: (owner) => owner === 'usr_1',
    isWhole: () => true,
    now: () => 0,
    log: { warn: (facts) => warned.push(facts) },
    ...more,
  });
  const activate = (owner = 'usr_1', active = true) =>
    live.told('default', id, {
      status: 'published',
      name: '',
      description: '',
      tags: [],
      is_public: false,
      owner,
      active,
      active_since: active ? version.published_at : null,
      versions: [{ ...version, graph_digest: `sha256:${sha256}`, published_by: owner, restored_from: null }],
      published_draft: 0,
      created_at: version.published_at,
      updated_at: version.published_at,
    });
  return { hooks, begun, warned, activate };
}

const delivery = (more: Partial<Delivery> = {}): Delivery => ({
  tenant: 'default',
  path: 'orders',
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  query: {},
  raw: Buffer.from('{"n":1}'),
  ...more,
});

describe('A request to a webhook', () => {
  it('begins an execution of its owner, which came by the webhook', async () => {
    const { hooks, begun, activate } = await setup({ path: 'orders' });
    await activate();
    const headers = { authorization: 'Bearer x', cookie: 'c', 'x-kept': 'k', 'idempotency-key': 'i' };
    expect(await hooks.receive(delivery({ headers }))).toMatchObject({ respond: 'accepted' });
    expect(begun).toEqual([
      {
        request: {
          workflow_type: 'definition',
          definition_id: id,
          input_data: { method: 'POST', headers: { 'x-kept': 'k', 'idempotency-key': 'i' }, query: {}, body: { n: 1 } },
        },
        options: {
          caller: { sub: 'usr_1', tenant: 'default', via: 'webhook' },
          requestDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
          warnings: [],
          idempotencyKey: `hook ${id} i`,
        },
      },
    ]);
    await hooks.receive(delivery({ raw: Buffer.alloc(0) }));
    expect(begun[1]).toMatchObject({ request: { input_data: { body: null } } });
    expect(begun[1]!.options).not.toHaveProperty('idempotencyKey');
    await expect(hooks.receive(delivery({ raw: Buffer.from([0xff]) }))).rejects.toMatchObject({
      code: 'malformed_json',
    });
  });

  it('is answered as one to nothing where its owner may not run it any more', async () => {
    const { hooks, activate } = await setup({ path: 'orders' });
    await activate('usr_gone');
    await expect(hooks.receive(delivery())).rejects.toMatchObject({ code: 'not_found' });
  });

  it('is asked to come again while it is not known yet what is live', async () => {
    const { hooks } = await setup({ path: 'orders' }, { isWhole: () => false });
    await expect(hooks.receive(delivery())).rejects.toMatchObject({ code: 'lists_behind', status: 503 });
  });

  it('is refused where the secret is not there, which the log says', async () => {
    const { hooks, activate, warned } = await setup({ path: 'orders', verify: { secret: 'nobody' } });
    await activate();
    await expect(hooks.receive(delivery())).rejects.toMatchObject({ code: 'hook_unverified' });
    expect(warned).toEqual([{ definition_id: id, secret: 'nobody' }]);
  });

  it('uses up nothing where it is not verified, and begins anew with a new activation', async () => {
    const { hooks, activate } = await setup({ path: 'orders' });
    await activate();
    const busy = async () => {
      for (let n = 0; n < 100; n += 1) await hooks.receive(delivery());
      await expect(hooks.receive(delivery())).rejects.toMatchObject({ code: 'too_many_requests' });
    };
    await busy();
    await activate('usr_1', false);
    await activate();
    await busy();
  });
});
