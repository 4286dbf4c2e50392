import { describe, expect, it } from '@jest/globals';
import { type JsonObject, type NodeResult, toDefinition } from '@chatter/plugin-sdk';
import { runNode } from '@chatter/plugin-sdk/testing';
import { VariableNode } from './variable.node.js';

const run = (config: JsonObject, variables: JsonObject = {}): Promise<NodeResult> =>
  runNode(VariableNode, { config: { variable_name: 'x', ...config }, variables });

describe('variable', () => {
  it.each([[{ a: 1 }], [null], [0]])('sets %j, and gives it on', async (value) => {
    expect(await run({ value })).toMatchObject({ port: 'out', output: value, set: { x: value } });
  });

  it('gets the value, or null, and changes nothing', async () => {
    const there = await run({ operation: 'get' }, { x: [1] });
    expect(there.output).toEqual([1]);
    expect(there.set).toBeUndefined();
    expect((await run({ operation: 'get' })).output).toBeNull();
  });

  it('does not take what every object has for a variable', async () => {
    expect((await run({ operation: 'get', variable_name: 'constructor' })).output).toBeNull();
  });

  it('appends to a list, and starts one', async () => {
    expect(await run({ operation: 'append', value: 2 }, { x: [1] })).toMatchObject({
      output: [1, 2],
      set: { x: [1, 2] },
    });
    expect((await run({ operation: 'append', value: [2] }, { x: [1] })).output).toEqual([1, [2]]);
    expect((await run({ operation: 'append', value: null })).output).toEqual([null]);
  });

  it.each([
    ['increment', {}, {}, 1],
    ['increment', { value: 2.5 }, { x: 1 }, 3.5],
    ['increment', { value: -2 }, { x: 1 }, -1],
    ['decrement', {}, {}, -1],
    ['decrement', { value: 3 }, { x: 10 }, 7],
  ])('%ss by %j from %j to %d', async (operation, config, variables, output) => {
    expect(await run({ operation, ...config }, variables)).toMatchObject({ output, set: { x: output } });
  });

  it('deletes, and gives the old value on', async () => {
    expect(await run({ operation: 'delete' }, { x: 'old' })).toMatchObject({ output: 'old', unset: ['x'] });
    expect(await run({ operation: 'delete' })).toMatchObject({ output: null, unset: ['x'] });
  });

  it.each([
    ['appending to a text', { operation: 'append', value: 1 }, { x: 'text' }, 'a string'],
    ['appending to an object', { operation: 'append', value: 1 }, { x: {} }, 'an object'],
    ['appending to null', { operation: 'append', value: 1 }, { x: null }, 'null'],
    ['counting a list', { operation: 'increment' }, { x: [] }, 'a list'],
    ['counting null', { operation: 'decrement' }, { x: null }, 'null'],
    ['counting by a text', { operation: 'increment', value: '1' }, { x: 1 }, 'a string'],
    ['counting out of range', { operation: 'increment', value: 1e308 }, { x: 1.7e308 }, 'range'],
  ])('fails when %s', async (_what, config, variables, named) => {
    await expect(run(config, variables)).rejects.toMatchObject({
      code: 'variable_type',
      retryable: false,
      message: expect.stringContaining(named),
    });
  });

  it.each([
    [{}, 'error'],
    [{ operation: 'append' }, 'error'],
    [{ operation: 'get', value: 1 }, 'warning'],
    [{ operation: 'delete', value: 1 }, 'warning'],
  ])('finds a value missing or in vain: %j', (config, severity) => {
    const found = toDefinition(VariableNode).validate?.({ variable_name: 'x', ...config }) ?? [];
    expect(found.map((finding) => [finding.path, finding.severity ?? 'error'])).toEqual([['/value', severity]]);
  });

  it.each([[{ value: null }], [{ operation: 'increment' }], [{ operation: 'get' }]])(
    'finds nothing in %j',
    (config) => {
      expect(toDefinition(VariableNode).validate?.({ variable_name: 'x', ...config })).toEqual([]);
    },
  );
});
