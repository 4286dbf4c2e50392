import { describe, expect, it } from '@jest/globals';
import { toDefinition } from '@chatter/plugin-sdk';
import { runNode } from '@chatter/plugin-sdk/testing';
import { WebhookNode } from './webhook.node.js';

const definition = toDefinition(WebhookNode);
const findings = (config: object) =>
  definition.validate?.({ path: 'orders', ...config } as never).map(({ path }) => path);
const hmac = { scheme: 'hmac_sha256', secret: 'github', header: 'X-Hub-Signature-256' };

describe('webhook', () => {
  it('gives on the request that came', async () => {
    const input = { method: 'POST', headers: {}, query: {}, body: { n: 1 } };
    expect(await runNode(WebhookNode, { config: { path: 'orders' }, input })).toMatchObject({
      port: 'out',
      output: input,
    });
  });

  it('is where an execution begins', () => {
    expect(definition.descriptor).toMatchObject({ kind: 'task', entry: 'trigger', effects: 'none', ports: ['out'] });
  });

  it.each(['orders', '/orders', 'a/b.c/d-e_f~g', 'x'.repeat(200)])('may stand at %s', (path) =>
    expect(findings({ path })).toEqual([]),
  );
  it.each(['', '/', 'a//b', 'a/', '../x', 'a/./b', 'a b', 'ä', 'a?b', 'a#b', 'a%2fb', 'a:b', 'x'.repeat(201)])(
    'may not stand at "%s"',
    (path) => expect(findings({ path })).toEqual(['/path']),
  );

  it.each([
    [{ methods: ['GET', 'DELETE'] }, []],
    [{ methods: [] }, ['/methods']],
    [{ methods: ['post'] }, ['/methods']],
    [{ body_schema: { type: 'object' } }, []],
    [{ body_schema: { properties: { code: { pattern: '^(a+)+$' } } } }, ['/body_schema']],
    [{ delivery_header: 'X-GitHub-Delivery' }, []],
    [{ delivery_header: 'X GitHub' }, ['/delivery_header']],
  ])('finds in %j: %j', (config, paths) => expect(findings(config)).toEqual(paths));

  it.each([
    ['none'],
    [{ secret: 'mine' }],
    [{ secret: 'mine', header: 'X-Token' }],
    [hmac],
    [{ ...hmac, prefix: 'sha256=', timestamp_header: 'X-Timestamp' }],
    [{ ...hmac, prefix: '' }],
  ])('can be verified by %j', (verify) => expect(findings({ verify })).toEqual([]));
  it.each([
    ['maybe'],
    [null],
    [[]],
    [{}],
    [{ secret: '' }],
    [{ secret: 1 }],
    [{ secret: 'mine', header: 'a b' }],
    [{ secret: 'mine', prefix: 'x' }],
    [{ scheme: 'hmac_sha1', secret: 'mine', header: 'X' }],
    [{ scheme: 'hmac_sha256', secret: 'mine' }],
    [{ scheme: 'hmac_sha256', header: 'X' }],
    [{ ...hmac, window: 5 }],
    [{ ...hmac, timestamp_header: 'a b' }],
  ])('cannot be verified by %j', (verify) => expect(findings({ verify })).toEqual(['/verify']));
});
