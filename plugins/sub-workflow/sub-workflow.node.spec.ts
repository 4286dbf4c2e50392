import { describe, expect, it } from '@jest/globals';
import { beginWait } from '@chatter/plugin-sdk/testing';
import { SubWorkflowNode } from './sub-workflow.node.js';

const definition_id = 'wf_01890000-0000-7000-8000-000000000001';
const waiting = beginWait(SubWorkflowNode, { config: { definition_id } });
const executionId = 'exec_1';

describe('a sub-workflow', () => {
  it('runs the newest version with what arrived, and waits for its end, when nothing else is said', () => {
    expect(beginWait(SubWorkflowNode, { config: { definition_id }, incoming: { a: 1 } }).waitsFor).toEqual({
      child: { definitionId: definition_id, version: null, input: { a: 1 }, wait: true },
    });
  });

  it('calls what is no object a message', () => {
    const { waitsFor } = beginWait(SubWorkflowNode, { config: { definition_id }, incoming: 'Hello' });
    expect(waitsFor.child?.input).toEqual({ message: 'Hello' });
  });

  it('runs the version and the input that it is given', () => {
    const config = { definition_id, definition_version: 3, input: { b: 2 }, wait: false };
    expect(beginWait(SubWorkflowNode, { config, incoming: 1 }).waitsFor.child).toEqual({
      definitionId: definition_id,
      version: 3,
      input: { b: 2 },
      wait: false,
    });
  });

  it('gives on the output, or the id of what it has started', () => {
    expect(waiting.on({ type: 'child_completed', executionId, output: 7 })).toMatchObject({ port: 'out', output: 7 });
    expect(waiting.on({ type: 'child_accepted', executionId })).toMatchObject({
      output: { execution_id: executionId },
    });
  });

  it('fails as its child failed', () => {
    const failure = { code: 'child_failed', message: 'no', retryable: false };
    expect(waiting.on({ type: 'child_failed', executionId, failure })).toEqual({ type: 'fail', failure });
  });

  it('heeds nothing else', () => expect(waiting.on({ type: 'timer' })).toEqual({ type: 'stay' }));
});
