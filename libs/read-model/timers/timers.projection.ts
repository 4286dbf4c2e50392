import { isWithin, nodeIdOf, type EventOf } from '#engine';
import type { Projection, Recorded } from '../projection.js';
import type { Timer, TimersRow } from './timer.entity.js';

export type TimerEvent = EventOf<
  | 'TimerSet'
  | 'WaitStarted'
  | 'ApprovalRequested'
  | 'TimerFired'
  | 'SignalReceived'
  | 'ApprovalClosed'
  | 'StepAbandoned'
  | 'StepCancelled'
  | 'CancelRequested'
  | 'ExecutionFailing'
  | 'ExecutionCompleted'
  | 'ExecutionFailed'
  | 'ExecutionCancelled'
>;

/**
 * One row for each execution that ever waited until a moment: what will happen in it by itself, and when.
 *
 * 1. A timer is set with the beginning of a wait, and is over when it fires or the wait comes to another end.
 * 2. With an iteration that fails, everything that waits in it is over.
 * 3. An execution on its way to an end wakes nobody any more.
 * 4. The wait of a step before its next attempt is no timer here: it is in the execution's own state.
 */
export const timers: Projection<TimerEvent, TimersRow> = {
  name: 'timers',
  version: 1,
  categories: ['execution'],
  handles: [
    'TimerSet',
    'WaitStarted',
    'ApprovalRequested',
    'TimerFired',
    'SignalReceived',
    'ApprovalClosed',
    'StepAbandoned',
    'StepCancelled',
    'CancelRequested',
    'ExecutionFailing',
    'ExecutionCompleted',
    'ExecutionFailed',
    'ExecutionCancelled',
  ],
  table: {
    columns: {
      id: 'text not null primary key',
      tenant: 'text not null',
      items: 'text not null',
      next_due: 'text null',
      position: 'text not null',
    },
    indexes: { due: '(tenant, next_due) where next_due is not null' },
  },

  evolve(row, recorded) {
    const before = row ? (JSON.parse(row.items) as Timer[]) : [];
    const after = itemsAfter(before, recorded);
    return after.length === before.length ? row : rowOf(recorded, after);
  },
};

/** A fact adds one, or takes some away: what changes the list changes its length. */
function itemsAfter(items: readonly Timer[], { event, id, at }: Recorded<TimerEvent>): readonly Timer[] {
  switch (event.type) {
    case 'TimerSet':
      return [...items, timerOf(id, 'timer', event.data, at)];
    case 'WaitStarted':
      return withLimit(items, id, 'signal', event.data, at);
    case 'ApprovalRequested':
      return withLimit(items, id, 'approval', event.data, at);
    case 'TimerFired':
    case 'SignalReceived':
    case 'ApprovalClosed':
    case 'StepCancelled':
      return items.filter(({ path }) => path !== event.data.path); // rule 1
    case 'StepAbandoned': {
      const { path: abandoned, ended = [] } = event.data;
      return items.filter(
        ({ path }) => path !== abandoned && !ended.some((iteration) => isWithin(iteration.path, path)), // rule 2
      );
    }
    case 'CancelRequested':
    case 'ExecutionFailing':
    case 'ExecutionCompleted':
    case 'ExecutionFailed':
    case 'ExecutionCancelled':
      return []; // rule 3
  }
}

interface Wait {
  readonly path: string;
  readonly due_at?: string;
  readonly received?: number;
}

/** A wait that has no limit, or is over at once, sets no timer. */
const withLimit = (items: readonly Timer[], id: string, type: Timer['type'], wait: Wait, at: string) =>
  wait.due_at === undefined || wait.received !== undefined
    ? items
    : [...items, timerOf(id, type, { path: wait.path, due_at: wait.due_at }, at)];

const timerOf = (
  id: string,
  type: Timer['type'],
  { path, due_at }: { readonly path: string; readonly due_at: string },
  set_at: string,
): Timer => ({ id: `${id}/${path}`, path, node_id: nodeIdOf(path), type, set_at, due_at });

function rowOf({ id, tenant, position }: Recorded, items: readonly Timer[]): TimersRow {
  const next_due = items.reduce<string | null>(
    (first, { due_at }) => (first !== null && first <= due_at ? first : due_at),
    null,
  );
  return { id, tenant, items: JSON.stringify(items), next_due, position };
}
