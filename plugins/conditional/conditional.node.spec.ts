import { describe, expect, it } from '@jest/globals';
import { toDefinition } from '@chatter/plugin-sdk';
import { runNode } from '@chatter/plugin-sdk/testing';
import { ConditionalNode } from './conditional.node.js';

describe('conditional', () => {
  it.each([
    [true, 'true'],
    [false, 'false'],
  ])('sends what arrived on when the condition is %s', async (condition, port) => {
    const result = await runNode(ConditionalNode, { config: { condition }, incoming: { score: 3 } });
    expect(result).toMatchObject({ port, output: { score: 3 } });
  });

  it('has two ways on, and may not be switched off', () => {
    const { descriptor } = toDefinition(ConditionalNode);
    expect(descriptor).toMatchObject({ ports: ['true', 'false'], effects: 'none', canBeDisabled: false });
  });
});
