import { describe, expect, it } from '@jest/globals';
import { accept, after, begin, compiled, complete, edge, fail, given, node, type Wish } from '../testing/index.js';

/** Books a flight and a hotel, then pays; what was booked can be given back. */
const trip = compiled(
  [
    node('s', 'start'),
    node('flight', 'change', { compensate: 'return-flight' }),
    node('hotel', 'change', { compensate: 'return-hotel' }),
    node('pay', 'change'),
    node('return-flight', 'change', { config: { of: '{{ nodes.flight.output }}', why: '{{ error.code }}' } }),
    node('return-hotel', 'change', { retry: { max_attempts: 2, backoff_ms: 10 } }),
  ],
  ['s -> flight', 'flight -> hotel', 'hotel -> pay'],
);

const booked = () =>
  given(
    trip,
    accept(),
    complete('s'),
    begin('flight'),
    complete('flight', 'F1'),
    begin('hotel'),
    complete('hotel', 'H1'),
  );

const cancel: Wish = { type: 'Cancel', by: 'ada', reason: 'changed my mind', force: false };
const undoHotel = 'hotel/return-hotel';
const undoFlight = 'flight/return-flight';

describe('a failure with something to undo', () => {
  const failing = () =>
    booked()
      .tell(begin('pay'))
      .tell(fail('pay', { retryable: false }));

  it('undoes it before the execution ends, last first, one at a time', () => {
    const run = failing().then(
      'StepFailed',
      'StepAbandoned',
      ['ExecutionFailing', { code: 'broken', path: 'pay' }],
      ['CompensationStarted', { path: undoHotel, of: 'hotel' }],
    );
    expect(run.state.status).toBe('failing');
    run.tell(begin(undoHotel)).then(['StepStarted', { idempotency_key: `exec_1/${undoHotel}` }]);
    run
      .tell(complete(undoHotel))
      .then('CompensationCompleted', ['CompensationStarted', { path: undoFlight, of: 'flight' }])
      .tell(begin(undoFlight))
      .tell(complete(undoFlight))
      .then('CompensationCompleted', ['ExecutionFailed', { code: 'broken', path: 'pay' }])
      .expectFoldable();
  });

  it('goes on with the rest when one cannot be undone', () => {
    const run = failing().tell(begin(undoHotel)).tell(fail(undoHotel));
    run.then('StepFailed', ['StepScheduled', { attempt: 2 }]);
    run
      .tell(begin(undoHotel, 2))
      .tell(fail(undoHotel, { attempt: 2, at: after(20) }))
      .then('StepFailed', ['CompensationFailed', { path: undoHotel }], ['CompensationStarted', { path: undoFlight }])
      .expectFoldable();
  });

  it('asks nobody about a compensation that was lost: it counts as failed', () => {
    failing()
      .tell(begin(undoHotel))
      .tell({ type: 'TakeOver', process: 'p2', chance: 0 })
      .then(
        'DriverTaken',
        ['StepUncertain', { policy: 'fail' }],
        ['CompensationFailed', { failure: expect.objectContaining({ code: 'uncertain' }) }],
        'CompensationStarted',
      );
  });

  it('is not timed out, cancelled or limited on its way', () => {
    failing()
      .tell({ type: 'TimeOut', at: after(1e9) })
      .thenNothing()
      .tell(cancel)
      .thenNothing();
  });

  it('ends at once by force', () => {
    failing()
      .tell({ ...cancel, force: true })
      .then('CancelRequested', 'ExecutionCancelled')
      .expectFoldable();
  });
});

describe('a cancel with something to undo', () => {
  it('waits for what runs, and undoes that too when nobody knows what came of it', () => {
    const run = given(trip, accept(), complete('s'), begin('flight'), complete('flight'), begin('hotel'), cancel);
    run.then('CancelRequested');
    run
      .tell(fail('hotel', { uncertain: 'timeout' }))
      .then('StepUncertain', 'StepCancelled', ['CompensationStarted', { path: undoHotel }]);
    run.tell(begin(undoHotel)).tell(complete(undoHotel)).tell(begin(undoFlight)).tell(complete(undoFlight));
    run.then('CompensationCompleted', ['ExecutionCancelled', { reason: 'changed my mind' }]).expectFoldable();
  });

  it('undoes what its step did in each iteration', () => {
    const graph = compiled(
      [
        node('s', 'start'),
        node('each', 'map', { config: { items: [1, 2] } }),
        node('a', 'change', { compensate: 'undo' }),
        node('b', 'change'),
        node('undo', 'change'),
      ],
      ['s -> each', 'each:item -> a', edge('a -> b')],
    );
    const run = given(graph, accept(), complete('s'), begin('each[0]/a'), complete('each[0]/a'));
    run.tell(begin('each[1]/a')).tell(complete('each[1]/a')).tell(cancel);
    run.then('CancelRequested', ['CompensationStarted', { path: 'each[1]/a/undo', of: 'each[1]/a' }]);
    run.tell(begin('each[1]/a/undo')).tell(complete('each[1]/a/undo'));
    run.then('CompensationCompleted', ['CompensationStarted', { path: 'each[0]/a/undo' }]).expectFoldable();
  });
});
