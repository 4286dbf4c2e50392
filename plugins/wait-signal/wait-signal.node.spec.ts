import { describe, expect, it } from '@jest/globals';
import { beginWait } from '@chatter/plugin-sdk/testing';
import { WaitSignalNode } from './wait-signal.node.js';

describe('a wait for a signal', () => {
  it('has no end of its own', () => {
    expect(beginWait(WaitSignalNode, { config: { name: 'paid' } }).waitsFor).toEqual({ signal: { name: 'paid' } });
  });

  it('gives on what the signal brought', () => {
    const waiting = beginWait(WaitSignalNode, { config: { name: 'paid' } });
    expect(waiting.on({ type: 'signal', name: 'paid', payload: { amount: 3 } })).toEqual({
      type: 'settle',
      port: 'out',
      output: { amount: 3 },
    });
  });

  it('goes on without it when its time is over, with what arrived', () => {
    const waiting = beginWait(WaitSignalNode, { config: { name: 'paid', expires_ms: 1.5 }, now: 100, incoming: 'in' });
    expect(waiting.waitsFor.timer).toEqual({ dueAt: 102 });
    expect(waiting.on({ type: 'timer' })).toEqual({ type: 'settle', port: 'expired', output: 'in' });
  });

  it('heeds nothing else', () => {
    const waiting = beginWait(WaitSignalNode, { config: { name: 'paid' } });
    expect(waiting.on({ type: 'child_accepted', executionId: 'exec_1' })).toEqual({ type: 'stay' });
  });
});
