import { describe, expect, it } from '@jest/globals';
import { beginWait } from '@chatter/plugin-sdk/testing';
import { ApprovalNode } from './approval.node.js';

const now = Date.parse('2026-01-01T00:00:00Z');
const decided = (decision: 'approved' | 'rejected') =>
  ({ type: 'decision', decision, by: ['usr_1'], comment: 'fine', fields: { amount: 3 } }) as const;

describe('an approval', () => {
  it('asks for one vote of whoever may, without an end, when nothing else is said', () => {
    expect(beginWait(ApprovalNode, { config: { title: 'Pay?' } }).waitsFor).toEqual({
      approval: { assignees: [], fields: null, guards: null, quorum: 1, show: null, title: 'Pay?' },
    });
  });

  it('shows what it is given, and ends in time', () => {
    const config = { title: 'Pay?', show: { amount: 3 }, assignees: ['ada'], guards: 'pay', quorum: 2, expires_ms: 10 };
    expect(beginWait(ApprovalNode, { config, now }).waitsFor).toEqual({
      approval: { assignees: ['ada'], fields: null, guards: 'pay', quorum: 2, show: { amount: 3 }, title: 'Pay?' },
      timer: { dueAt: now + 10 },
    });
  });

  it.each(['approved', 'rejected'] as const)('goes on by what was decided: %s', (decision) => {
    expect(beginWait(ApprovalNode, { config: { title: 'Pay?' } }).on(decided(decision))).toEqual({
      type: 'settle',
      port: decision,
      output: { decision, by: ['usr_1'], comment: 'fine', fields: { amount: 3 } },
    });
  });

  it.each([
    [undefined, 'expired'],
    ['approved', 'approved'],
    ['rejected', 'rejected'],
  ])('decides by itself what it was told to when its time is over: %s', (on_expire, port) => {
    const config = { title: 'Pay?', expires_ms: 10, ...(on_expire && { on_expire }) };
    expect(beginWait(ApprovalNode, { config }).on({ type: 'timer' })).toMatchObject({
      port,
      output: { decision: port, by: [] },
    });
  });

  it('heeds nothing else', () => {
    const waiting = beginWait(ApprovalNode, { config: { title: 'Pay?' } });
    expect(waiting.on({ type: 'signal', name: 's', payload: null })).toEqual({ type: 'stay' });
  });
});
