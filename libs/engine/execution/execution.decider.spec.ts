import { describe, expect, it } from '@jest/globals';
import { Refusal } from './refusal.js';
import {
  accept,
  after,
  begin,
  compiled,
  complete,
  edge,
  fail,
  given,
  limits,
  node,
  type Wish,
} from '../testing/index.js';

const line = (...steps: ReturnType<typeof node>[]) =>
  compiled(
    [node('s', 'start'), ...steps, node('e', 'end')],
    ['s', ...steps.map(({ id }) => id), 'e']
      .slice(1)
      .map((id, at) => edge(`${['s', ...steps.map((step) => step.id)][at]} -> ${id}`)),
  );

describe('ends', () => {
  it('gives the output of the end reached', () => {
    given(line(node('a', 'pure')), accept(), complete('s'), complete('a', 7))
      .tell(complete('e', 7, 'end'))
      .then('StepCompleted', ['ExecutionCompleted', { output: 7 }])
      .expectFoldable();
  });

  it('gives an object by node id where several ends are reached', () => {
    const graph = compiled([node('s', 'start'), node('x', 'end'), node('y', 'end')], ['s -> x', 's -> y']);
    given(graph, accept(), complete('s'), complete('x', 1, 'end'))
      .tell(complete('y', 2, 'end'))
      .then('StepCompleted', ['ExecutionCompleted', { output: { x: 1, y: 2 } }]);
  });

  it('stops everything else at an end that says so', () => {
    const graph = compiled([node('s', 'start'), node('x', 'end'), node('y', 'change')], ['s -> x', 's -> y']);
    const run = given(graph, accept(), complete('s'), begin('y')).tell(complete('x', 1, 'end', 1, { stop: true }));
    run.then('StepCompleted', ['ExecutionCompleted', { output: 1 }]).expectFoldable();
    expect(run.statusOf('y')).toBe('cancelled');
    run.tell(complete('y')).thenNothing();
  });
});

describe('an attempt that fails', () => {
  const retried = line(node('a', 'keyed', { retry: { max_attempts: 2, backoff_ms: 1_000 } }));
  const running = (graph = retried) => given(graph, accept(), complete('s'), begin('a'));

  it('rests before the next attempt', () => {
    running()
      .tell(fail('a'))
      .then('StepFailed', ['StepScheduled', { attempt: 2, not_before: after(1_000) }]);
  });

  it('is given up when the policy is spent, and the execution fails with it', () => {
    const run = running()
      .tell(fail('a'))
      .tell(begin('a', 2))
      .tell(fail('a', { attempt: 2 }));
    run
      .then('StepFailed', 'StepAbandoned', ['ExecutionFailed', { code: 'broken', node_id: 'a', attempt: 2 }])
      .expectFoldable();
  });

  it('is given up at once when no attempt could end differently', () => {
    running()
      .tell(fail('a', { retryable: false }))
      .then('StepFailed', 'StepAbandoned', 'ExecutionFailed');
  });

  it('ignores a worker that reports an attempt it no longer owns', () => {
    running()
      .tell(fail('a'))
      .tell(begin('a', 2))
      .tell(complete('a', 'late', 'out', 1))
      .thenNothing();
  });

  it('leaves by the error port where it is wired, and tells what went wrong there', () => {
    const graph = compiled(
      [node('s', 'start'), node('a', 'change'), node('h', 'handler'), node('e', 'end')],
      ['s -> a', 'a:error -> h', 'a -> e', 'h:handled -> e'],
    );
    given(graph, accept(), complete('s'), begin('a'))
      .tell(fail('a'))
      .then('StepFailed', ['StepAbandoned', { scheduled: ['h'], taken: ['a:error -> h'] }])
      .expectFoldable();
  });

  it('asks a handler for more attempts before it is given up', () => {
    const graph = compiled(
      [node('s', 'start'), node('a', 'change'), node('h', 'handler', { config: { retries: 1 } })],
      ['s -> a', 'a:error -> h'],
    );
    const run = given(graph, accept(), complete('s'), begin('a')).tell(fail('a', { retryable: false }));
    run
      .then('StepFailed', 'StepScheduled')
      .tell(begin('a', 2))
      .tell(fail('a', { attempt: 2 }))
      .then('StepFailed', ['StepAbandoned', { scheduled: ['h'] }]);
  });

  it('becomes a value where on_error says so', () => {
    const graph = line(node('a', 'change', { on_error: { value: 'none' } }));
    given(graph, accept(), complete('s'), begin('a'))
      .tell(fail('a'))
      .then('StepFailed', ['StepCompleted', { output: 'none', port: 'out', scheduled: ['e'] }])
      .expectFoldable();
  });
});

describe('an attempt without a definite answer', () => {
  const running = (type: string, more = {}) => given(line(node('a', type, more)), accept(), complete('s'), begin('a'));
  const takeOver: Wish = { type: 'TakeOver', process: 'p2', chance: 0 };

  it('waits for somebody where its type does not honour keys', () => {
    const run = running('change')
      .tell(takeOver)
      .then(['DriverTaken', { epoch: 1 }], ['StepUncertain', { policy: 'ask', reason: 'crash' }]);
    run
      .tell({ type: 'ResolveUncertainty', path: 'a', outcome: 'succeeded', output: 3 })
      .then('UncertaintyResolved', ['StepCompleted', { output: 3, scheduled: ['e'] }])
      .expectFoldable();
  });

  it('is repeated under the same key where its type honours them', () => {
    const run = running('keyed')
      .tell(takeOver)
      .then('DriverTaken', 'StepUncertain', ['StepScheduled', { attempt: 2 }]);
    run.tell(begin('a', 2)).then(['StepStarted', { idempotency_key: 'exec_1/a' }]);
  });

  it('is given up where the policy says fail', () => {
    running('change', { on_uncertain: 'fail' })
      .tell(fail('a', { uncertain: 'timeout' }))
      .then('StepUncertain', 'StepAbandoned', ['ExecutionFailed', { code: 'uncertain' }]);
  });

  it('is given up after ten repetitions', () => {
    const run = running('keyed');
    for (let attempt = 1; attempt < 10; attempt += 1)
      run.tell(fail('a', { attempt, uncertain: 'timeout' })).tell(begin('a', attempt + 1));
    run
      .tell(fail('a', { attempt: 10, uncertain: 'timeout' }))
      .then('StepUncertain', 'StepAbandoned', 'ExecutionFailed');
  });

  it('refuses to resolve what is not uncertain', () => {
    expect(() => running('change').tell({ type: 'ResolveUncertainty', path: 'a', outcome: 'failed' })).toThrow(Refusal);
  });

  it('can be resolved as failed, or tried again', () => {
    running('change')
      .tell(takeOver)
      .tell({ type: 'ResolveUncertainty', path: 'a', outcome: 'failed' })
      .then('UncertaintyResolved', 'StepAbandoned', 'ExecutionFailed');
    running('change')
      .tell(takeOver)
      .tell({ type: 'ResolveUncertainty', path: 'a', outcome: 'retry' })
      .then('UncertaintyResolved', ['StepScheduled', { attempt: 2 }]);
  });
});

describe('scopes', () => {
  const mapped = (config: object, body = 'pure', more: string[] = []) =>
    compiled(
      [
        node('s', 'start', { config: {} }),
        node('m', 'map', { config: config as never }),
        node('b', body),
        node('e', 'end'),
        ...(more.length > 0 ? [node('h', 'handler')] : []),
      ],
      ['s -> m', 'm:item -> b', 'b -> m:back', 'm:done -> e', ...more],
    );

  it('starts as many iterations as may run at once, and settles with the values in order', () => {
    const run = given(mapped({ items: ['x', 'y', 'z'], concurrency: 2 }), accept()).tell(complete('s'));
    run.then(
      ['StepCompleted', { scheduled: ['m'] }],
      ['IterationStarted', { path: 'm[0]', item: 'x', scheduled: ['m[0]/b'] }],
      ['IterationStarted', { path: 'm[1]' }],
    );
    run
      .tell(complete('m[1]/b', 'Y'))
      .then(
        ['StepCompleted', { ended: [{ path: 'm[1]', value: 'Y' }], taken: ['b -> m:back'] }],
        ['IterationStarted', { path: 'm[2]' }],
      );
    run.tell(complete('m[2]/b', 'Z')).then('StepCompleted');
    run
      .tell(complete('m[0]/b', 'X'))
      .then('StepCompleted', ['StepCompleted', { path: 'm', output: ['X', 'Y', 'Z'], scheduled: ['e'] }])
      .expectFoldable();
  });

  it('settles at once over an empty list', () => {
    given(mapped({ items: [] }), accept())
      .tell(complete('s'))
      .then('StepCompleted', ['StepCompleted', { path: 'm', output: [] }]);
  });

  it('fails with the failure inside, naming the step that failed, and cancels the other iterations', () => {
    const run = given(mapped({ items: [1, 2] }), accept(), complete('s')).tell(fail('m[0]/b', { retryable: false }));
    run.then(
      'StepFailed',
      ['StepAbandoned', { path: 'm[0]/b' }],
      ['StepAbandoned', { path: 'm' }],
      ['ExecutionFailed', { node_id: 'b', path: 'm[0]/b' }],
    );
    expect(run.statusOf('m[1]/b')).toBe('cancelled');
    run.expectFoldable();
  });

  it('leaves by its own error port when an iteration fails', () => {
    const run = given(mapped({ items: [1] }, 'pure', ['m:error -> h']), accept(), complete('s')).tell(
      fail('m[0]/b', { retryable: false }),
    );
    run.then('StepFailed', 'StepAbandoned', ['StepAbandoned', { path: 'm', scheduled: ['h'] }]).expectFoldable();
  });

  it('leaves nothing running behind it when it gives up', () => {
    const graph = compiled(
      [
        node('s', 'start'),
        node('m', 'map', { config: { items: [1, 2, 3] } }),
        node('b', 'change'),
        node('q', 'ask'),
        node('h', 'handler'),
        node('e', 'end'),
      ],
      ['s -> m', 'm:item -> b', 'm:item -> q', 'b -> m:back', 'q:approved -> m:back', 'm:error -> h', 'h:handled -> e'],
    );
    const run = given(graph, accept(), complete('s'), begin('m[0]/b'), begin('m[1]/b')).tell(
      fail('m[0]/b', { retryable: false }),
    );
    run.then(
      'StepFailed',
      ['ApprovalClosed', { path: 'm[0]/q', outcome: 'cancelled' }],
      ['StepAbandoned', { path: 'm[0]/b', ended: [expect.objectContaining({ path: 'm[0]' })] }],
      ['ApprovalClosed', { path: 'm[1]/q', outcome: 'cancelled' }],
      ['ApprovalClosed', { path: 'm[2]/q', outcome: 'cancelled' }],
      [
        'StepAbandoned',
        {
          path: 'm',
          ended: [
            { cancelled: true, path: 'm[1]' },
            { cancelled: true, path: 'm[2]' },
          ],
          scheduled: ['h'],
        },
      ],
    );
    expect(run.statusOf('m')).toBe('abandoned');
    for (const path of ['m[1]/b', 'm[2]/b', 'm[1]/q', 'm[2]/q']) expect(run.statusOf(path)).toBe('cancelled');
    run.expectFoldable();
    run.tell(complete('m[1]/b')).thenNothing();
    run
      .tell(complete('h', null, 'handled'))
      .tell(complete('e'))
      .then('StepCompleted', 'ExecutionCompleted');
  });

  it('leaves failed items out where it is told to', () => {
    const run = given(
      mapped({ items: [1, 2], on_error: 'skip' }),
      accept(),
      complete('s'),
      fail('m[0]/b', { retryable: false }),
    ).tell(complete('m[1]/b', 'two'));
    run.then('StepCompleted', ['StepCompleted', { path: 'm', output: ['two'] }]);
  });

  it('asks the condition of a loop before each iteration, with index and last in scope', () => {
    const graph = compiled(
      [
        node('s', 'start'),
        node('l', 'loop', { config: { while: 'index < 2 && last != "stop"' } }),
        node('b', 'pure'),
        node('e', 'end'),
      ],
      ['s -> l', 'l:continue -> b', 'b -> l:back', 'l:exit -> e'],
    );
    const run = given(graph, accept(), complete('s'))
      .tell(complete('l[0]/b', 'go'))
      .then('StepCompleted', ['IterationStarted', { path: 'l[1]' }]);
    run
      .tell(complete('l[1]/b', 'on'))
      .then('StepCompleted', ['StepCompleted', { path: 'l', output: { iterations: 2, last: 'on' } }]);
    given(graph, accept(), complete('s'))
      .tell(complete('l[0]/b', 'stop'))
      .then('StepCompleted', ['StepCompleted', { path: 'l', output: { iterations: 1, last: 'stop' } }]);
  });

  it('records the config of a scope with its first iteration, so that what it runs over does not change', () => {
    const graph = mapped({ items: '{{ variables.list }}', concurrency: 1 });
    const run = given(graph, accept()).tell(complete('s', null, 'out', 1, { set: { list: [1, 2] } }));
    run.then('StepCompleted', ['IterationStarted', { config: { concurrency: 1, items: [1, 2] } }]);
    run
      .tell(complete('m[0]/b', 1, 'out', 1, { set: { list: [] } }))
      .then('StepCompleted', ['IterationStarted', { item: 2, path: 'm[1]' }])
      .expectFoldable();
  });

  it('nests', () => {
    const graph = compiled(
      [
        node('s', 'start'),
        node('o', 'map', { config: { items: [1] } }),
        node('i', 'map', { config: { items: '{{ [item, item] }}' } }),
        node('b', 'pure'),
        node('e', 'end'),
      ],
      ['s -> o', 'o:item -> i', 'i:item -> b', 'b -> i:back', 'i:done -> o:back', 'o:done -> e'],
    );
    const run = given(graph, accept(), complete('s')).tell(complete('o[0]/i[0]/b', 'p'));
    run
      .tell(complete('o[0]/i[1]/b', 'q'))
      .then(
        'StepCompleted',
        ['StepCompleted', { path: 'o[0]/i', ended: [{ path: 'o[0]', value: ['p', 'q'] }] }],
        ['StepCompleted', { path: 'o', output: [['p', 'q']] }],
      )
      .expectFoldable();
  });

  it('runs ten thousand empty iterations without a deep stack', () => {
    const graph = compiled(
      [node('s', 'start'), node('l', 'loop', { config: { times: 9_000 } }), node('e', 'end')],
      ['s -> l', 'l:continue -> l:back', 'l:exit -> e'],
    );
    const run = given(graph, accept({ limits: { ...limits, max_events: 100_000 } })).tell(complete('s'));
    expect(run.state.steps.get('l')?.output).toEqual({ iterations: 9_000, last: 8_999 });
  });
});

describe('waits', () => {
  const paused = line(node('w', 'pause', { config: { ms: 1_000 } }));
  const waiting = () => given(paused, accept()).tell(complete('s', 'kept'));
  const fire = (at: string): Wish => ({ type: 'FireTimer', path: 'w', at });

  it('sets its timer with the fact that scheduled it', () => {
    waiting()
      .then('StepCompleted', ['TimerSet', { due_at: after(1_000), config: { ms: 1_000 } }])
      .expectFoldable();
  });

  it('is never woken early, and only once', () => {
    const run = waiting()
      .tell(fire(after(999)))
      .thenNothing();
    run.tell(fire(after(1_000))).then('TimerFired', ['StepCompleted', { output: 'kept' }]);
    run.tell(fire(after(2_000))).thenNothing();
  });

  it('does not count as time spent running', () => {
    const run = waiting()
      .tell({ type: 'TimeOut', at: after(400_000) })
      .thenNothing();
    run
      .tell(fire(after(400_000)))
      .tell({ type: 'TimeOut', at: after(701_000) })
      .then(['ExecutionFailed', { code: 'execution_timeout' }]);
  });
});

describe('cancel', () => {
  const cancel = (force = false): Wish => ({ type: 'Cancel', by: 'usr_1', reason: 'enough', force });

  it('is complete at once when nothing runs', () => {
    given(line(node('w', 'pause', { config: { ms: 1 } })), accept(), complete('s'))
      .tell(cancel())
      .then('CancelRequested', ['ExecutionCancelled', { reason: 'enough' }])
      .expectFoldable();
  });

  it('waits for what runs, and schedules nothing more', () => {
    const run = given(line(node('a', 'change')), accept(), complete('s'), begin('a'))
      .tell(cancel())
      .then('CancelRequested');
    run.tell(cancel()).thenNothing();
    run.tell(complete('a', 1)).then(['StepCompleted', { output: 1 }], 'ExecutionCancelled');
    expect(run.statusOf('e')).toBeUndefined();
  });

  it('records a step that was aborted without an answer as uncertain', () => {
    const run = given(line(node('a', 'change')), accept(), complete('s'), begin('a'), cancel());
    run
      .tell(fail('a', { uncertain: 'timeout' }))
      .then('StepUncertain', 'StepCancelled', 'ExecutionCancelled')
      .expectFoldable();
  });

  it('records a pure step that was aborted as cancelled', () => {
    given(line(node('a', 'look')), accept(), complete('s'), begin('a'), cancel())
      .tell(fail('a'))
      .then('StepCancelled', 'ExecutionCancelled');
  });

  it('does not wait when it is forced', () => {
    given(line(node('a', 'change')), accept(), complete('s'), begin('a'))
      .tell(cancel(true))
      .then('CancelRequested', 'ExecutionCancelled');
  });

  it('is refused on an ended execution', () => {
    const ended = given(line(), accept(), complete('s'), complete('e', null, 'end'));
    expect(() => ended.tell(cancel())).toThrow('already completed');
  });
});

describe('limits', () => {
  it('warns once at four fifths, and fails with the limit’s name', () => {
    const graph = line(...Array.from({ length: 6 }, (_, at) => node(`n${at}`, 'pure')));
    const run = given(
      graph,
      accept({ limits: { ...limits, max_steps: 5 } }),
      complete('s'),
      complete('n0'),
      complete('n1'),
    );
    run.tell(complete('n2')).then('StepCompleted', ['LimitWarned', { limit: 'max_steps', of: 5, size: 5 }]);
    run
      .tell(complete('n3'))
      .then('StepCompleted', ['ExecutionFailed', { code: 'max_steps' }])
      .expectFoldable();
  });

  it('counts tokens and cost over all steps', () => {
    const metrics = { prompt_tokens: 60, completion_tokens: 41, cost_nano_usd: 5, tool_calls: 0 };
    given(line(node('a', 'look')), accept({ limits: { ...limits, max_total_tokens: 100 } }), complete('s'), begin('a'))
      .tell(complete('a', null, 'out', 1, { metrics }))
      .then('StepCompleted', ['ExecutionFailed', { code: 'max_total_tokens' }]);
  });

  it('fails at once when the deadline is past already', () => {
    given(line())
      .tell(accept({ limits: { ...limits, deadline: after(-1) } }))
      .then('ExecutionAccepted', ['ExecutionFailed', { code: 'deadline_exceeded' }])
      .expectFoldable();
  });

  it('fails at the deadline', () => {
    const bounded = given(
      line(node('a', 'change')),
      accept({ limits: { ...limits, deadline: after(500) } }),
      complete('s'),
      begin('a'),
    );
    bounded.tell({ type: 'TimeOut', at: after(499) }).thenNothing();
    bounded.tell({ type: 'TimeOut', at: after(500) }).then(['ExecutionFailed', { code: 'deadline_exceeded' }]);
  });
});

describe('a node that is switched off', () => {
  it('passes on what arrived', () => {
    given(line(node('a', 'change', { enabled: false })), accept())
      .tell(complete('s', 4))
      .then('StepCompleted', ['StepCompleted', { path: 'a', output: 4, scheduled: ['e'] }]);
  });
});

describe('what arrives at an end', () => {
  it('is the text of a node that declares one', () => {
    const graph = compiled(
      [node('s', 'start'), node('m', 'speak'), node('j', 'merge'), node('e', 'end')],
      ['s -> m', 'm -> e'],
    );
    const run = given(graph, accept(), complete('s'), begin('m'), complete('m', { text: 'hello', cost: 1 }));
    expect(run.statusOf('e')).toBe('scheduled');
  });
});
