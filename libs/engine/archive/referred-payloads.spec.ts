import { describe, expect, it } from '@jest/globals';
import { referredPayloads } from './referred-payloads.js';

const one = '1'.repeat(64);
const other = '2'.repeat(64);

describe('What an event refers to beside the log', () => {
  it('is each large value, once', () => {
    const claim = { $ref: { mime: 'application/json', sha256: one, size: 70_000 } };
    expect(referredPayloads('StepCompleted', { path: 'a', output: claim, item: claim, value: 'small' })).toEqual([one]);
  });

  it('is content that is named by its digest', () => {
    expect(referredPayloads('DefinitionPublished', { graph_digest: `sha256:${one}` })).toEqual([one]);
    expect(referredPayloads('TemplateSaved', { content_digest: `sha256:${one}` })).toEqual([one]);
    expect(referredPayloads('DocumentAdded', { text_sha256: one, value: 'A title' })).toEqual([one]);
    expect(referredPayloads('DraftSaved', { content: one })).toEqual([one]);
  });

  it('is what the rows of an archived execution name', () => {
    expect(referredPayloads('ExecutionArchived', { payload: {}, refers_to: [one, other] })).toEqual([one, other]);
    expect(referredPayloads('ExecutionArchived', { payload: {} })).toEqual([]);
    expect(referredPayloads('StepCompleted', { refers_to: [one] })).toEqual([]);
  });

  it('is the graph of an execution, unless that was refused before its first step', () => {
    const accepted = { graph_digest: `sha256:${one}`, input: { $ref: { sha256: other } } };
    expect(referredPayloads('ExecutionAccepted', { ...accepted, node_types: { start: {} } })).toEqual([other, one]);
    expect(referredPayloads('ExecutionAccepted', { ...accepted, node_types: {} })).toEqual([other]);
    expect(referredPayloads('ExecutionAccepted', { graph_digest: null, node_types: {} })).toEqual([]);
  });
});
