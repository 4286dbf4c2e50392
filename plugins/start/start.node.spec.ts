import { describe, expect, it } from '@jest/globals';
import { toDefinition } from '@chatter/plugin-sdk';
import { runNode } from '@chatter/plugin-sdk/testing';
import { StartNode } from './start.node.js';

describe('start', () => {
  it('gives the input on as it came', async () => {
    const input = { message: 'Hello', odd: [null, { deep: 1 }] };
    expect(await runNode(StartNode, { config: {}, input })).toMatchObject({ port: 'out', output: input });
  });

  it('leaves its schema to whoever accepts the input', async () => {
    const config = { input_schema: { type: 'object', required: ['message'] } };
    expect(await runNode(StartNode, { config, input: null })).toMatchObject({ port: 'out', output: null });
  });

  it('is where an execution begins, and is always there', () => {
    const { descriptor } = toDefinition(StartNode);
    expect(descriptor).toMatchObject({ type: 'start', kind: 'task', entry: 'start', effects: 'none', ports: ['out'] });
    expect(descriptor.canBeDisabled).toBe(false);
  });
});
