import { describe, expect, it } from '@jest/globals';
import { toDefinition } from '@chatter/plugin-sdk';
import { runNode } from '@chatter/plugin-sdk/testing';
import { EndNode } from './end.node.js';

describe('end', () => {
  it('gives what arrived, if it is told nothing else', async () => {
    const result = await runNode(EndNode, { config: {}, incoming: { text: 'kept whole' } });
    expect(result).toMatchObject({ output: { text: 'kept whole' }, stop: false });
  });

  it.each([[{ answer: 42 }], [null], [false], [''], [0]])('gives the configured output %j', async (output) => {
    expect((await runNode(EndNode, { config: { output }, incoming: 'arrived' })).output).toEqual(output);
  });

  it('stops the other branches only where it says so', async () => {
    expect((await runNode(EndNode, { config: { stop: true }, incoming: 1 })).stop).toBe(true);
    expect((await runNode(EndNode, { config: { stop: false }, incoming: 1 })).stop).toBe(false);
  });

  it('has no ports: its result names the end itself', async () => {
    expect((await runNode(EndNode, { config: {}, incoming: 1 })).port).toBe('end');
    expect(toDefinition(EndNode).descriptor).toMatchObject({ terminal: true, ports: [], effects: 'none' });
  });
});
