import { describe, it } from '@jest/globals';
import { acceptance, failure, metrics } from '../testing/facts.js';
import { specification } from '../testing/specification.js';
import { executions, type ListedEvent } from './executions.projection.js';

const given = specification(executions, 'e1');
const accepted: ListedEvent = { type: 'ExecutionAccepted', data: acceptance({ tags: ['vip'] }) };
const timerSet: ListedEvent = { type: 'TimerSet', data: { path: 'rest', due_at: '2026-02-01T00:00:00.000Z' } };
const timerFired: ListedEvent = { type: 'TimerFired', data: { path: 'rest' } };
const cancelRequested: ListedEvent = { type: 'CancelRequested', data: { by: 'usr_ada', reason: null, force: false } };
const completed: ListedEvent = { type: 'ExecutionCompleted', data: { output: 'fine', metrics } };
const cancelled: ListedEvent = { type: 'ExecutionCancelled', data: { reason: null, metrics } };
const failed: ListedEvent = {
  type: 'ExecutionFailed',
  data: { ...failure, node_id: 'fetch', path: 'fetch', attempt: 1 },
};

describe('the list of executions', () => {
  it('shows what was accepted, running', () => {
    given(accepted).thenRow({
      id: 'e1',
      tenant: 'default',
      status: 'running',
      workflow_type: 'definition',
      definition_id: 'd1',
      definition_version: 3,
      definition_name: 'Simple Chat',
      template_id: null,
      conversation_id: null,
      subject: 'usr_ada',
      tags: '["vip"]',
      started_at: '2026-01-31T12:00:00.000Z',
      completed_at: null,
      duration_ms: null,
      tokens: 0,
      cost_nano: 0,
      error_code: null,
      error_message: null,
      search: 'e1\nsimple chat\nhello',
      position: '1',
    });
  });

  it('knows the conversation it belongs to', () => {
    given({ type: 'ExecutionAccepted', data: acceptance({ conversation_id: 'c1' }) }).then({ conversation_id: 'c1' });
  });

  it('waits while a timer runs, and runs again when it has fired', () => {
    given(accepted, timerSet).then({ status: 'waiting', position: '2' });
    given(accepted, timerSet, timerFired).then({ status: 'running', position: '3' });
  });

  it('keeps showing that a cancel was asked for, until it has ended', () => {
    given(accepted, timerSet, cancelRequested).then({ status: 'cancelling' });
    given(accepted, timerSet, cancelRequested, timerFired).then({ status: 'cancelling' });
    given(accepted, cancelRequested, cancelled).then({ status: 'cancelled', completed_at: '2026-01-31T12:02:00.000Z' });
  });

  it('sums up what a completed one took', () => {
    given(accepted, completed).then({
      status: 'completed',
      completed_at: '2026-01-31T12:01:00.000Z',
      duration_ms: 40,
      tokens: 150,
      cost_nano: 2_500_000,
      error_code: null,
    });
  });

  it('says why one failed, and finds it by that', () => {
    given(accepted, failed).then({
      status: 'failed',
      error_code: 'http_error',
      error_message: 'The Server said 500.',
      search: 'e1\nsimple chat\nhello\nhttp_error\nthe server said 500.',
    });
  });

  it('shows no message that is kept elsewhere', () => {
    const elsewhere = { $ref: { sha256: '00', size: 70_000, mime: 'application/json' } } as unknown as string;
    given(accepted, { ...failed, data: { ...failed.data, message: elsewhere } } as ListedEvent).then({
      error_code: 'http_error',
      error_message: null,
    });
  });

  it('is not found by the address of a value that is kept elsewhere', () => {
    const elsewhere = { $ref: { sha256: '00', size: 70_000, mime: 'application/json' } };
    const large = { ...accepted, data: { ...(accepted.data as object), input: elsewhere } } as unknown as ListedEvent;
    const result = {
      ...completed,
      data: { ...(completed.data as object), output: elsewhere },
    } as unknown as ListedEvent;
    given(large, result).then({ status: 'completed', search: 'e1\nsimple chat' });
  });

  it('does not change what has ended', () => {
    given(accepted, completed, timerFired).then({ status: 'completed', position: '2' });
    given(accepted, failed, cancelRequested).then({ status: 'failed', position: '2' });
  });

  it('refuses a stream that does not begin with its acceptance', () => {
    given(timerFired).thenRefused('does not begin with ExecutionAccepted');
  });
});
