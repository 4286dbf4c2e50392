import { describe, expect, it } from '@jest/globals';
import { type Failure, type JsonObject, type NodeResult, type TaskDefinition, toDefinition } from '@chatter/plugin-sdk';
import { runNode } from '@chatter/plugin-sdk/testing';
import { ErrorHandlerNode } from './error-handler.node.js';

const error = { code: 'http_503', message: 'GET https://a.example/ answered 503.', node_id: 'fetch', attempt: 3 };
const failure: Failure = { code: error.code, message: error.message, retryable: true };
const definition = toDefinition(ErrorHandlerNode) as TaskDefinition;
const handle = (config: JsonObject): Promise<NodeResult> =>
  runNode(ErrorHandlerNode, { config, error, incoming: null });

describe('error_handler', () => {
  it('goes on with the fallback value at handled', async () => {
    const result = await handle({ fallback_value: { items: [] } });
    expect(result).toMatchObject({ port: 'handled', output: { items: [] } });
  });

  it('falls back to null when no value is given', async () => {
    expect(await handle({ action: 'fallback' })).toMatchObject({ port: 'handled', output: null });
  });

  it.each([[['http_503']], [['http_5*']], [['timeout', 'http_*']], [['*']]])('handles what %j names', async (match) => {
    expect((await handle({ match, fallback_value: 1 })).output).toBe(1);
  });

  it.each([
    ['no pattern matches', { match: ['timeout', 'http_4*', 'http_50'] }],
    ['the list is empty', { match: [] }],
    ['it is told to', { action: 'rethrow' }],
    ['the retries are spent', { action: 'retry' }],
  ])('fails again with the same failure when %s', async (_when, config) => {
    await expect(handle(config)).rejects.toMatchObject({
      code: 'http_503',
      message: error.message,
      retryable: false,
      details: { node_id: 'fetch', attempt: 3 },
    });
  });

  it('passes on what arrived when there is no failure', async () => {
    const result = await runNode(ErrorHandlerNode, { config: { action: 'rethrow' }, error: null, incoming: 'fine' });
    expect(result).toMatchObject({ port: 'handled', output: 'fine' });
  });

  it('lends its retries to the failed node only when asked to, and for its codes', () => {
    expect(definition.retriesFor?.({ action: 'retry' }, failure)).toBe(3);
    expect(definition.retriesFor?.({ action: 'retry', match: ['http_5*'], max_retries: 7 }, failure)).toBe(7);
    expect(definition.retriesFor?.({ action: 'retry', match: ['timeout'] }, failure)).toBeNull();
    expect(definition.retriesFor?.({ action: 'fallback' }, failure)).toBeNull();
    expect(definition.retriesFor?.({}, failure)).toBeNull();
  });

  it.each([
    [{ match: ['http_*3'] }, '/match/0', 'error'],
    [{ match: ['ok', '**'] }, '/match/1', 'error'],
    [{ action: 'retry', fallback_value: 1 }, '/fallback_value', 'warning'],
    [{ max_retries: 2 }, '/max_retries', 'warning'],
  ])('finds what cannot work in %j', (config, path, severity) => {
    const found = definition.validate?.(config) ?? [];
    expect(found.map((finding) => [finding.path, finding.severity ?? 'error'])).toEqual([[path, severity]]);
  });

  it.each([
    [{}],
    [{ match: ['http_5*', '{{ input.codes * 1 }}', 7] }],
    [{ match: '{{ input.codes }}' }],
    [{ action: 'retry', max_retries: 2 }],
  ])('finds nothing in %j', (config) => expect(definition.validate?.(config as JsonObject)).toEqual([]));

  it('is known by the names that old graphs use', () => {
    expect(definition.descriptor.aliases).toMatchObject({
      types: ['errorHandler'],
      handles: { success: 'handled', fallback: 'handled' },
    });
  });
});
