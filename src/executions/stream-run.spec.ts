import { describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '#event-store';
import type { ExecutionEngine, Frame } from '#runtime';
import type { EventStream, StreamFrame } from '../http/sse.js';
import { streamRun } from './stream-run.js';

const event = (revision: number, type: string, data: object = {}): Frame => ({
  type: 'event',
  event: { type, revision: BigInt(revision), data: JSON.stringify(data) } as RecordedEvent,
});
const token: Frame = { type: 'token', nodeId: 'ask', path: 'ask', attempt: 1, offset: 0, content: 'Hi' };

/** An engine in which the run waits after the revisions that are named, the last of which is its last. */
const engine = (waitsAfter: readonly number[], last: number): ExecutionEngine =>
  ({
    result: async () => ({ success: true }),
    stateAt: async (_tenant: string, _id: string, revision: bigint) => {
      if (Number(revision) > last) return null;
      return waitsAfter.includes(Number(revision))
        ? { status: 'waiting', waiting_for: { type: 'timer' } }
        : { status: 'running', waiting_for: null };
    },
  }) as unknown as ExecutionEngine;

async function sent(all: readonly Frame[], { stepEvents = false, of = engine([], 99) } = {}) {
  const frames: (readonly [StreamFrame['type'], bigint?])[] = [];
  const whole: StreamFrame[] = [];
  let ended = false;
  const stream = {
    send: (frame: StreamFrame, id?: bigint) => {
      frames.push(id === undefined ? [frame.type] : [frame.type, id]);
      whole.push(frame);
    },
    end: () => (ended = true),
  } as unknown as EventStream;
  async function* feed() {
    yield* all;
  }
  await streamRun(of, stream, { tenant: 'default', executionId: 'x', frames: feed(), stepEvents });
  expect(ended).toBe(true);
  return { frames, whole };
}

describe('A run as a stream', () => {
  it('is text without ids, and one completion with that of the last event', async () => {
    const { frames, whole } = await sent([
      event(0, 'ExecutionAccepted'),
      token,
      event(1, 'StepCompleted'),
      event(2, 'ExecutionCompleted'),
    ]);
    expect(frames).toEqual([['token'], ['completion', 2n]]);
    expect(whole).toEqual([
      { type: 'token', content: 'Hi', node_id: 'ask', path: 'ask', attempt: 1, offset: 0 },
      { type: 'completion', result: { success: true } },
    ]);
  });

  it.each(['ExecutionFailed', 'ExecutionCancelled'])('completes with %s, too', async (type) => {
    expect((await sent([event(0, type), event(1, 'nothing comes behind it')])).frames).toEqual([['completion', 0n]]);
  });

  it('has its steps where they are asked for', async () => {
    const failure = { code: 'timeout', message: 'late', retryable: true };
    const steps = [
      event(1, 'StepStarted', { path: 'each[0]/ask', attempt: 1, effects: 'read' }),
      event(2, 'StepFailed', { path: 'each[0]/ask', attempt: 1, failure }),
      event(3, 'StepCompleted', { path: 'each[0]/ask', attempt: 2, port: 'out' }),
      event(4, 'ExecutionCompleted'),
    ];
    const { frames, whole } = await sent(steps, { stepEvents: true });
    expect(frames).toEqual([
      ['step_started', 1n],
      ['step_failed', 2n],
      ['step_completed', 3n],
      ['completion', 4n],
    ]);
    expect(whole.slice(0, 3)).toEqual([
      { type: 'step_started', node_id: 'ask', path: 'each[0]/ask', attempt: 1, effects: 'read' },
      { type: 'step_failed', node_id: 'ask', path: 'each[0]/ask', attempt: 1, error: failure },
      { type: 'step_completed', node_id: 'ask', path: 'each[0]/ask', attempt: 2, port: 'out' },
    ]);
    expect((await sent(steps)).frames).toEqual([['completion', 4n]]);
  });

  it('ends where the run has come to wait', async () => {
    const { frames, whole } = await sent([event(0, 'ExecutionAccepted'), event(1, 'TimerSet')], { of: engine([1], 1) });
    expect([frames, whole]).toEqual([[['waiting', 1n]], [{ type: 'waiting', waiting_for: { type: 'timer' } }]]);
  });

  it('waits only once what else ran has ended', async () => {
    const all = [event(0, 'TimerSet'), event(1, 'StepCompleted')];
    expect((await sent(all, { of: engine([1], 1) })).frames).toEqual([['waiting', 1n]]);
  });

  it('goes on behind a wait that is over', async () => {
    const all = [event(0, 'TimerSet'), event(1, 'TimerFired'), event(2, 'ExecutionCompleted')];
    expect((await sent(all, { of: engine([0], 2) })).frames).toEqual([['completion', 2n]]);
  });
});
