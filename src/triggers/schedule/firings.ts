import { hash } from 'node:crypto';
import { lastTime, nextTime } from '#plugin-sdk';
import type { Schedule } from '../trigger.js';

/** So long after it was due a moment is still on time, ms; while something was in the way, it is begun late. */
export const onTimeMs = 60_000;

export interface Watched {
  readonly schedule: Schedule;
  /** What draws the jitter: the same for the same schedule. */
  readonly key: string;
  /** Since when it is watched without a break, ms since the epoch. */
  readonly watchedFrom: number;
}

export interface Plan {
  /** Moments that are due and to be begun, in order. */
  readonly begin: readonly number[];
  /** Moments up to this one are done with, once those have begun. */
  readonly doneUpTo: number;
}

/**
 * What is to be done at `now`; all moments up to `doneUpTo` are done with.
 *
 * 1. A moment is due at its time, or later by its jitter: never early, and never as late as the next one.
 * 2. It is on time where it came due while somebody watched, and not longer ago than `onTimeMs`. All of those begin.
 * 3. Others were missed. The last moment of all, if it was missed, is made up for where the schedule says `once`.
 */
export function planFirings(watched: Watched, doneUpTo: number, now: number): Plan {
  const { schedule, watchedFrom } = watched;
  const onTimeFrom = Math.max(watchedFrom, now - onTimeMs);
  const begin: number[] = [];
  let at = nextTime(schedule.recurrence, Math.max(doneUpTo, onTimeFrom - schedule.jitterMs - 1));
  for (; at !== null && at <= now; at = nextTime(schedule.recurrence, at)) {
    const due = dueAt(watched, at);
    if (due > now) break;
    if (due >= onTimeFrom) begin.push(at); // rule 2
  }
  if (begin.length > 0) return { begin, doneUpTo: begin.at(-1)! };
  const last = lastDue(watched, now);
  if (last === null || last <= doneUpTo) return { begin, doneUpTo };
  return { begin: schedule.missed === 'once' ? [last] : [], doneUpTo: last }; // rule 3
}

/** When the next moment is due; null: there is none. */
export function nextDue(watched: Watched, doneUpTo: number): number | null {
  const at = nextTime(watched.schedule.recurrence, doneUpTo);
  return at === null ? null : dueAt(watched, at);
}

/** Rule 1: the jitter is drawn from the moment itself, and so is the same in every process and after every restart. */
export function dueAt({ schedule, key }: Pick<Watched, 'schedule' | 'key'>, at: number): number {
  if (schedule.jitterMs === 0) return at;
  const following = nextTime(schedule.recurrence, at) ?? Infinity;
  const most = Math.min(schedule.jitterMs, following - at - 1);
  const drawn = parseInt(hash('sha256', `${key} ${at}`, 'hex').slice(0, 12), 16) / 2 ** 48;
  return at + Math.floor(drawn * most);
}

function lastDue(watched: Watched, now: number): number | null {
  const last = lastTime(watched.schedule.recurrence, now);
  if (last === null || dueAt(watched, last) <= now) return last;
  return lastTime(watched.schedule.recurrence, last - 1);
}
