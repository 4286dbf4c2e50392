import { describe, expect, it } from '@jest/globals';
import {
  effectsOf,
  isIdempotent,
  type JsonObject,
  type JsonValue,
  NodeFailure,
  toDefinition,
  type ToolClient,
} from '@chatter/plugin-sdk';
import { runNode } from '@chatter/plugin-sdk/testing';
import { ToolNode } from './tool.node.js';

function toolsThat(
  give: (name: string, args: JsonObject) => JsonValue,
): ToolClient & { calls: [string, JsonObject][] } {
  const calls: [string, JsonObject][] = [];
  return {
    calls,
    list: () => [],
    async call(name, args) {
      calls.push([name, args]);
      return give(name, args);
    },
  };
}

describe('the tool node', () => {
  it('calls the tool that it names, and gives its result', async () => {
    const tools = toolsThat(() => ({ sum: 4 }));
    const outcome = await runNode(ToolNode, { config: { tool_name: 'calculator', arguments: { a: 1 } }, tools });
    expect(outcome).toMatchObject({ port: 'out', output: { sum: 4 }, metrics: { tool_calls: 1, cost_nano_usd: 0 } });
    expect(tools.calls).toEqual([['calculator', { a: 1 }]]);
    await runNode(ToolNode, { config: { tool_name: 'now' }, tools });
    expect(tools.calls[1]).toEqual(['now', {}]);
  });

  it('makes the calls that arrived, in their order, and gives the list of results', async () => {
    const tools = toolsThat((name) => `${name} done`);
    const incoming: JsonValue = { text: '', tool_calls: [{ id: '1', name: 'b', arguments: { x: 1 } }, { name: 'a' }] };
    const outcome = await runNode(ToolNode, { incoming, tools });
    expect(outcome).toMatchObject({ output: ['b done', 'a done'], metrics: { tool_calls: 2 } });
    expect(tools.calls).toEqual([
      ['b', { x: 1 }],
      ['a', {}],
    ]);
    expect(await runNode(ToolNode, { incoming: { tool_calls: [] }, tools })).toMatchObject({ output: [] });
  });

  it.each<[JsonValue, string]>([
    [null, 'no_tool_calls'],
    ['text', 'no_tool_calls'],
    [{ text: 'x' }, 'no_tool_calls'],
    [{ tool_calls: 'a' }, 'invalid_tool_calls'],
    [{ tool_calls: ['a'] }, 'invalid_tool_calls'],
    [{ tool_calls: [{ name: 'a', arguments: 'x' }] }, 'invalid_tool_calls'],
    [{ tool_calls: [{ name: 'a' }, { arguments: {} }] }, 'invalid_tool_calls'],
    [{ tool_calls: Array.from({ length: 101 }, () => ({ name: 'a' })) }, 'invalid_tool_calls'],
  ])('makes no call at all of %j', async (incoming, code) => {
    const tools = toolsThat(() => null);
    await expect(runNode(ToolNode, { incoming, tools })).rejects.toMatchObject({ code });
    expect(tools.calls).toEqual([]);
  });

  it('fails as the first tool that fails', async () => {
    const tools = toolsThat((name) => {
      if (name === 'b') throw new NodeFailure({ code: 'tool_failed', message: 'No.' });
      return null;
    });
    const incoming = { tool_calls: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] };
    await expect(runNode(ToolNode, { incoming, tools })).rejects.toMatchObject({ code: 'tool_failed' });
    expect(tools.calls.map(([name]) => name)).toEqual(['a', 'b']);
  });

  it('says that arguments alone are for nobody', () => {
    const { validate } = toDefinition(ToolNode);
    expect(validate?.({ arguments: {} })).toMatchObject([{ path: '/arguments' }]);
    expect(validate?.({ arguments: {}, tool_name: 'a' })).toEqual([]);
    expect(validate?.({})).toEqual([]);
  });

  it('writes, unless the server knows its tool as one that reads', () => {
    const { descriptor } = toDefinition(ToolNode);
    const effects = { by: '/tool_name', read: ['calculator'], else: 'write' } as const;
    const served = { ...descriptor, effects, idempotent: { by: '/tool_name', among: ['send'] } };
    const names = ['calculator', 'send', '{{ input.tool }}'];
    expect(names.map((tool_name) => effectsOf(served, { tool_name }))).toEqual(['read', 'write', 'write']);
    expect(names.map((tool_name) => isIdempotent(served, { tool_name }))).toEqual([false, true, false]);
    expect(effectsOf(served, {})).toBe('write');
    expect(isIdempotent(served, {})).toBe(false);
  });
});
