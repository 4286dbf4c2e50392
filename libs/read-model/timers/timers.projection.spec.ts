import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { evolve, initialState, mayRun, type EventOf, type ExecutionState } from '#engine';
import { accept, after, compiled, complete, fail, given, node } from '#engine/testing';
import { randomHistories, type RandomHistory } from '../testing/random-histories.js';
import { specification } from '../testing/specification.js';
import type { Timer, TimersRow } from './timer.entity.js';
import { timers, type TimerEvent } from './timers.projection.js';

const soon = '2026-02-01T00:00:00.000Z';
const later = '2026-03-01T00:00:00.000Z';
const config = {};
const failure = { code: 'lost', message: '', retryable: false };
const metrics = {} as EventOf<'ExecutionFailed'>['data']['metrics'];

const rests = (path: string, due_at = soon): TimerEvent => ({ type: 'TimerSet', data: { config, due_at, path } });
const awaits = (path: string, more: object): TimerEvent => ({
  type: 'WaitStarted',
  data: { config, path, signal: 'go', ...more },
});
const asks = (path: string): TimerEvent => ({
  type: 'ApprovalRequested',
  data: { path, due_at: later } as EventOf<'ApprovalRequested'>['data'],
});
const fires = (path: string): TimerEvent => ({ type: 'TimerFired', data: { path } });
const abandons = (path: string, ...ended: string[]): TimerEvent => ({
  type: 'StepAbandoned',
  data: { path, attempt: 1, failure, ended: ended.map((iteration) => ({ path: iteration, failure })) },
});
const hears = (path?: string): TimerEvent => ({
  type: 'SignalReceived',
  data: { signal_id: 's', name: 'go', payload: null, by: 'usr_1', ...(path !== undefined && { path }) },
});

const set = (row: TimersRow | null): Timer[] => (row ? (JSON.parse(row.items) as Timer[]) : []);

describe('the timers of an execution', () => {
  const givenFacts = specification(timers, 'e1');
  const givenTimers = (...facts: TimerEvent[]) => ({
    thenSet: (...paths: string[]) => {
      const row = facts.reduce<TimersRow | null>(
        (before, event, at) =>
          timers.evolve(before, { event, id: 'e1', tenant: 'default', at: soon, position: `${at}` }),
        null,
      );
      expect(set(row).map(({ path }) => path)).toEqual(paths);
    },
  });

  it('are told with what waits, since when, and until when', () => {
    const first = { id: 'e1/each[0]/rest', path: 'each[0]/rest', node_id: 'rest', type: 'timer' };
    const second = { id: 'e1/ask', path: 'ask', node_id: 'ask', type: 'approval' };
    givenFacts(asks('ask'), rests('each[0]/rest')).thenRow({
      id: 'e1',
      tenant: 'default',
      items: JSON.stringify([
        { ...second, set_at: '2026-01-31T12:00:00.000Z', due_at: later },
        { ...first, set_at: '2026-01-31T12:01:00.000Z', due_at: soon },
      ]),
      next_due: soon,
      position: '2',
    });
  });

  it('are none where a wait has no limit, or is over at once', () => {
    givenTimers(awaits('a', {}), awaits('b', { due_at: soon, received: 0 })).thenSet();
    givenTimers(awaits('a', { due_at: soon })).thenSet('a');
  });

  it('are over when they fire, or when what was waited for comes first', () => {
    givenTimers(rests('a'), rests('b'), fires('a')).thenSet('b');
    givenFacts(rests('a'), fires('a')).then({ items: '[]', next_due: null, position: '2' });
    givenTimers(awaits('a', { due_at: soon }), hears(), hears('a')).thenSet();
    const closes: TimerEvent = { type: 'ApprovalClosed', data: { path: 'ask', approval_id: 'x', outcome: 'approved' } };
    givenTimers(asks('ask'), rests('a'), closes).thenSet('a');
    givenTimers(rests('a'), { type: 'StepCancelled', data: { path: 'a', attempt: 1 } }).thenSet();
  });

  it('are over with the iteration that they are in', () => {
    const inside = [rests('each[0]/rest'), rests('each[0]/sub[1]/rest'), rests('each[1]/rest'), rests('rest')];
    givenTimers(...inside, abandons('each[0]/call', 'each[0]')).thenSet('each[1]/rest', 'rest');
    givenTimers(...inside, abandons('rest')).thenSet('each[0]/rest', 'each[0]/sub[1]/rest', 'each[1]/rest');
  });

  it.each<TimerEvent>([
    { type: 'CancelRequested', data: { by: 'usr_1', reason: null, force: false } },
    {
      type: 'ExecutionFailing',
      data: { code: 'x', message: '', node_id: null, path: null, attempt: null, retryable: false },
    },
    { type: 'ExecutionCompleted', data: { output: null, metrics } },
    {
      type: 'ExecutionFailed',
      data: { code: 'x', message: '', node_id: null, path: null, attempt: null, retryable: false, metrics },
    },
    { type: 'ExecutionCancelled', data: { reason: null, metrics } },
  ])('are over with $type', (event) => givenTimers(rests('a'), asks('b'), event).thenSet());

  it('are what the state of the execution would wake, whatever happened', () => {
    let compared = 0;
    fc.assert(
      fc.property(randomHistories, (histories) => {
        for (const { facts } of histories)
          for (const { row, state } of moments(facts)) {
            expect(pathsAndMoments(set(row))).toEqual(waking(state));
            compared += set(row).length;
          }
      }),
      { numRuns: 200 },
    );
    expect(compared).toBeGreaterThan(100);
  });
});

describe('a map that gives up', () => {
  const { history } = given(
    compiled(
      [
        node('s', 'start'),
        node('m', 'map', { config: { items: [1, 2] } }),
        node('b', 'pure'),
        node('rest', 'pause', { config: { ms: 1_000 } }),
        node('h', 'handler'),
      ],
      ['s -> m', 'm:item -> b', 'm:item -> rest', 'b -> m:back', 'rest -> m:back', 'm:error -> h'],
    ),
    accept(),
    complete('s'),
    { ...fail('m[0]/b', { retryable: false }), at: after(1) },
  );

  it('leaves no timer behind', () => {
    const all = [];
    for (const { row, state } of moments(history)) all.push({ set: pathsAndMoments(set(row)), waking: waking(state) });
    const due = after(1_000);
    expect(all).toEqual([
      { set: [`m[0]/rest ${due}`, `m[1]/rest ${due}`], waking: [`m[0]/rest ${due}`, `m[1]/rest ${due}`] },
      { set: [], waking: [] },
    ]);
  });
});

/** Row and state after each thing that happened: what was recorded at one moment was one append. */
function* moments(facts: RandomHistory['facts']) {
  let row: TimersRow | null = null;
  let state: ExecutionState = initialState('e1');
  for (const [index, { event, at }] of facts.entries()) {
    state = evolve(state, event, { at });
    if (timers.handles.includes(event.type as TimerEvent['type'])) {
      const recorded = { event: event as TimerEvent, id: 'e1', tenant: 'default', at, position: String(index) };
      row = timers.evolve(row, recorded);
    }
    if (facts[index + 1]?.at !== at) yield { row, state };
  }
}

const waking = (state: ExecutionState): string[] =>
  state.status === 'running'
    ? [...state.open]
        .filter((step) => step.status === 'waiting' && step.dueAt !== null && mayRun(state, step))
        .map(({ path, dueAt }) => `${path} ${new Date(dueAt!).toISOString()}`)
        .sort()
    : [];

const pathsAndMoments = (items: readonly Timer[]): string[] =>
  items.map(({ path, due_at }) => `${path} ${due_at}`).sort();
