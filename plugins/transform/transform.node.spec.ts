import { describe, expect, it } from '@jest/globals';
import { toDefinition } from '@chatter/plugin-sdk';
import { runNode } from '@chatter/plugin-sdk/testing';
import { TransformNode } from './transform.node.js';

describe('transform', () => {
  it.each([[{ a: [1, { b: null }] }], [[1, 'two']], ['text'], [0], [false], [null]])(
    'gives its value on: %j',
    async (value) => {
      expect(await runNode(TransformNode, { config: { value }, incoming: 'in' })).toMatchObject({
        port: 'out',
        output: value,
      });
    },
  );

  it('without a value it passes on what arrived', async () => {
    expect((await runNode(TransformNode, { config: {}, incoming: { kept: true } })).output).toEqual({ kept: true });
  });

  it('is also what old graphs call passthrough', () => {
    expect(toDefinition(TransformNode).descriptor.aliases.types).toEqual(['passthrough']);
  });
});
