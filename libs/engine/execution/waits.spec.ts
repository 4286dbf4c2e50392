import { describe, expect, it } from '@jest/globals';
import { accept, after, begin, compiled, complete, fail, given, node, type Wish } from '../testing/index.js';
import { approvalId } from './approval.js';
import { maxBufferedSignals } from './signals.js';
import { Refusal } from './refusal.js';
import type { Specified } from '../testing/specification.js';

const signal = (name: string, payload: string | number, signalId = `${name}-${payload}`): Wish => ({
  type: 'Signal',
  signalId,
  name,
  payload,
  by: 'usr_1',
});

const refused = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return 'granted';
};

describe('a wait for a signal', () => {
  const graph = compiled(
    [node('s', 'start'), node('w', 'signal', { config: { name: 'paid', ms: 100 } }), node('e', 'end')],
    ['s -> w', 'w -> e'],
  );
  const waiting = () => given(graph, accept(), complete('s'));

  it('is on the record, with its config', () => {
    const run = waiting();
    run.then('StepCompleted', [
      'WaitStarted',
      { signal: 'paid', due_at: after(100), config: { name: 'paid', ms: 100 } },
    ]);
    expect(run.statusOf('w')).toBe('waiting');
    run.expectFoldable();
  });

  it('ends with the signal of its name, and with no other', () => {
    const run = waiting()
      .tell(signal('else', 1))
      .then(['SignalReceived', { name: 'else' }]);
    expect(run.statusOf('w')).toBe('waiting');
    run
      .tell(signal('paid', 7))
      .then(['SignalReceived', { path: 'w' }], ['StepCompleted', { output: 7, scheduled: ['e'] }])
      .expectFoldable();
  });

  it('takes one that came before, the oldest first, once', () => {
    const twice = compiled(
      [
        node('s', 'start'),
        node('a', 'signal', { config: { name: 'x' } }),
        node('b', 'signal', { config: { name: 'x' } }),
      ],
      ['s -> a', 'a -> b'],
    );
    const run = given(twice, accept(), signal('x', 1), signal('x', 2), signal('x', 3)).tell(complete('s'));
    run.then(
      'StepCompleted',
      ['WaitStarted', { path: 'a', received: 0 }],
      ['StepCompleted', { path: 'a', output: 1 }],
      ['WaitStarted', { path: 'b', received: 1 }],
      ['StepCompleted', { path: 'b', output: 2 }],
      'ExecutionCompleted',
    );
    expect(run.state.signals.map(({ payload }) => payload)).toEqual([3]);
    run.expectFoldable();
  });

  it('is one signal, however often the same one is sent', () => {
    waiting().tell(signal('else', 1)).tell(signal('else', 1)).thenNothing();
  });

  it('goes on without it when its time is over', () => {
    waiting()
      .tell({ type: 'FireTimer', path: 'w', at: after(99) })
      .thenNothing()
      .tell({ type: 'FireTimer', path: 'w', at: after(100) })
      .then('TimerFired', ['StepCompleted', { port: 'expired' }], 'ExecutionCompleted');
  });

  it('keeps so many, and refuses more; an ended execution refuses all', () => {
    const run = waiting();
    for (let sent = 0; sent < maxBufferedSignals; sent += 1) run.tell(signal('else', sent));
    expect(refused(() => run.tell(signal('else', 'more')))).toBe('too_many_signals');
    expect(refused(() => run.tell(signal('paid', 1)))).toBe('granted');
    run.tell(complete('e', 1, 'end'));
    expect(refused(() => run.tell(signal('paid', 2)))).toBe('execution_ended');
  });
});

describe('an approval', () => {
  const asking = (config: object, more: Parameters<typeof compiled>[1] = []) =>
    given(
      compiled(
        [
          node('s', 'start'),
          node('ask', 'ask', { config: { title: 'Pay?', ...config } }),
          node('pay', 'change', { config: { amount: '{{ variables.amount }}' } }),
          node('e', 'end'),
          node('set', 'pure'),
        ],
        ['s -> ask', 'ask:approved -> pay', 'pay -> e', 's -> set', ...more],
      ),
      accept(),
      complete('s', null, 'out', 1, { set: { amount: 3 } }),
    );
  const vote = (run: Specified, more: Partial<Extract<Wish, { type: 'DecideApproval' }>> = {}): Wish => ({
    type: 'DecideApproval',
    approvalId: approvalId(run.state, 'ask'),
    by: 'ada',
    as: [],
    decision: 'approved',
    comment: null,
    fields: {},
    shownDigest: requestOf(run).shown_digest,
    ...more,
  });
  const requestOf = (run: Specified) => {
    const { wait } = run.state.steps.get('ask')!;
    if (wait?.for !== 'approval') throw new Error('nothing is asked');
    return wait.request;
  };

  it('fixes what is shown, with a digest of it', () => {
    const run = asking({ show: '{{ variables.amount }}' });
    expect(requestOf(run)).toMatchObject({ shown: { title: 'Pay?', show: 3, fields: null }, quorum: 1 });
    expect(requestOf(run).shown_digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(requestOf(asking({ show: 4 })).shown_digest).not.toBe(requestOf(run).shown_digest);
    run.expectFoldable();
  });

  it('settles with the vote that meets the quorum, in its append', () => {
    const run = asking({ quorum: 2 });
    run.tell(vote(run)).then('ApprovalDecided');
    run
      .tell(vote(run, { by: 'bob' }))
      .then(
        'ApprovalDecided',
        ['ApprovalClosed', { outcome: 'approved' }],
        ['StepCompleted', { port: 'approved', output: { by: ['ada', 'bob'] }, scheduled: ['pay'] }],
      )
      .expectFoldable();
  });

  it('is rejected by the first rejection', () => {
    const run = asking({ quorum: 2 });
    run
      .tell(vote(run, { decision: 'rejected' }))
      .then('ApprovalDecided', ['ApprovalClosed', { outcome: 'rejected' }], ['StepCompleted', { port: 'rejected' }]);
  });

  it('takes one vote of each: the same again changes nothing, another is refused', () => {
    const run = asking({ quorum: 2 });
    run.tell(vote(run)).tell(vote(run)).thenNothing();
    expect(refused(() => run.tell(vote(run, { decision: 'rejected' })))).toBe('approval_voted');
  });

  it('refuses who may not decide, what is not shown, and what is settled or not there', () => {
    const run = asking({ assignees: ['bob'] });
    expect(refused(() => run.tell(vote(run)))).toBe('approval_not_yours');
    expect(refused(() => run.tell(vote(run, { as: ['bob'], shownDigest: 'sha256:0' })))).toBe('approval_changed');
    expect(refused(() => run.tell(vote(run, { approvalId: 'none' })))).toBe('approval_not_found');
    run.tell(vote(run, { as: ['bob'] }));
    expect(refused(() => run.tell(vote(run, { by: 'bob' })))).toBe('approval_settled');
    run.tell(vote(run, { as: ['bob'] })).thenNothing();
  });

  it('decides by itself when its time is over', () => {
    asking({ ms: 10 })
      .tell({ type: 'FireTimer', path: 'ask', at: after(10) })
      .then('TimerFired', ['ApprovalClosed', { outcome: 'expired' }], ['StepCompleted', { port: 'expired' }]);
  });

  it('lets what it guards run with the config that was approved, and with no other', () => {
    const run = asking({ guards: 'pay' });
    run
      .tell(vote(run))
      .tell(begin('pay', 1, { amount: 3 }))
      .then('StepStarted');
    const drifting = asking({ guards: 'pay' });
    drifting.tell(vote(drifting)).tell(begin('pay', 1, { amount: 4 }));
    drifting.then(
      ['StepAbandoned', { failure: expect.objectContaining({ code: 'approval_drift' }) }],
      'ExecutionFailed',
    );
  });

  it('keeps from running what it guards where it has not been given', () => {
    const run = asking({ guards: 'pay' }, ['ask:rejected -> pay']);
    run.tell(vote(run, { decision: 'rejected' }));
    given(
      compiled(
        [node('s', 'start'), node('ask', 'ask', { config: { guards: 'pay' } }), node('pay', 'change')],
        ['s -> pay', 's -> ask'],
      ),
      accept(),
      complete('s'),
    )
      .tell(begin('pay', 1, {}))
      .then(['StepAbandoned', { failure: expect.objectContaining({ code: 'approval_missing' }) }], 'ExecutionFailed');
  });

  it('is closed with the iteration that it stands in', () => {
    const graph = compiled(
      [
        node('s', 'start'),
        node('each', 'map', { config: { items: [1, 2], on_error: 'skip' } }),
        node('ask', 'ask', { config: {} }),
        node('a', 'pure'),
      ],
      ['s -> each', 'each:item -> ask', 'each:item -> a'],
    );
    given(graph, accept(), complete('s'))
      .tell(fail('each[0]/a', { retryable: false }))
      .then('StepFailed', ['ApprovalClosed', { path: 'each[0]/ask', outcome: 'cancelled' }], 'StepAbandoned')
      .expectFoldable();
  });
});

describe('a child', () => {
  const parent = (config: object = {}, more: Parameters<typeof accept>[0] = {}) =>
    given(
      compiled(
        [node('s', 'start'), node('c', 'child', { config: { id: 'wf_1', ...config } }), node('e', 'end')],
        ['s -> c', 'c -> e'],
      ),
      accept(more),
      complete('s'),
    );
  const idOf = (run: Specified): string => {
    const { wait } = run.state.steps.get('c')!;
    return wait?.for === 'child' ? wait.child.child_id : '';
  };
  const metrics = { prompt_tokens: 1, completion_tokens: 2, cost_nano_usd: 3, tool_calls: 0 };

  it('is named before it is started, by an id that is the same at each replay', () => {
    const run = parent();
    run.then('StepCompleted', ['ChildStarted', { definition_id: '1', wait: true }]).expectFoldable();
    expect(idOf(parent())).toBe(idOf(run));
  });

  it('gives its output, and what it used counts as the step’s', () => {
    const run = parent();
    run
      .tell({ type: 'EndChild', path: 'c', childId: idOf(run), outcome: 'completed', output: 7, metrics })
      .then(['ChildEnded', { outcome: 'completed' }], ['StepCompleted', { output: 7, metrics }])
      .expectFoldable();
    run.tell({ type: 'EndChild', path: 'c', childId: idOf(run), outcome: 'completed', output: 8 }).thenNothing();
  });

  it.each(['failed', 'cancelled'] as const)('brings its end up: %s', (outcome) => {
    const run = parent();
    run
      .tell({ type: 'EndChild', path: 'c', childId: idOf(run), outcome })
      .then('ChildEnded', 'StepAbandoned', ['ExecutionFailed', { code: 'child_cancelled', path: 'c' }]);
  });

  it('is waited for only until it is accepted where its parent says so', () => {
    const run = parent({ wait: false });
    run
      .tell({ type: 'EndChild', path: 'c', childId: idOf(run), outcome: 'accepted' })
      .then('ChildEnded', ['StepCompleted', { output: `exec_${idOf(run)}` }]);
    const waiting = parent();
    waiting.tell({ type: 'EndChild', path: 'c', childId: idOf(waiting), outcome: 'accepted' }).thenNothing();
  });

  it('is waited for by a parent that is cancelled', () => {
    const run = parent().tell({ type: 'Cancel', by: 'ada', reason: 'no', force: false }).then('CancelRequested');
    run
      .tell({ type: 'EndChild', path: 'c', childId: idOf(run), outcome: 'cancelled' })
      .then('ChildEnded', 'StepCancelled', ['ExecutionCancelled', { reason: 'no' }])
      .expectFoldable();
  });

  it('goes no deeper than is allowed', () => {
    parent({}, { parent: { execution_id: '0', path: 'c', depth: 10 } }).then('StepCompleted', 'StepAbandoned', [
      'ExecutionFailed',
      { code: 'sub_workflow_depth' },
    ]);
  });
});
