import type { Period } from '#read-model';
import { Problem } from '../http/problem.js';

/** Days of UTC, `YYYY-MM-DD`, both included. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

const DAY_MS = 86_400_000;
const MOST_DAYS = 366;
const USUAL_DAYS = 30;

const dayAt = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
const startOf = (day: string): number => Date.parse(`${day}T00:00:00.000Z`);

/** The thirty days that end today, where nothing is said of them. Throws a problem where the days make no period. */
export function daysOf({ from, to }: Partial<Days>, now: number): Days {
  checkDays({ from, to });
  const last = to ?? dayAt(from === undefined ? now : Math.max(now, startOf(from)));
  const days = { from: from ?? dayAt(startOf(last) - (USUAL_DAYS - 1) * DAY_MS), to: last };
  if ((startOf(days.to) - startOf(days.from)) / DAY_MS >= MOST_DAYS) {
    throw new Problem(
      'invalid_request',
      `From ${days.from} to ${days.to} are more than ${MOST_DAYS} days: ask for fewer.`,
    );
  }
  return days;
}

/** What lies between the first moment of the first day and the last one of the last; open where a day is left out. */
export function periodOf({ from, to }: Partial<Days>): Period {
  checkDays({ from, to });
  return {
    ...(from !== undefined && { since: new Date(startOf(from)).toISOString() }),
    ...(to !== undefined && { before: new Date(startOf(to) + DAY_MS).toISOString() }),
  };
}

function checkDays({ from, to }: Partial<Days>): void {
  for (const day of [from, to])
    if (day !== undefined && !isDay(day)) throw new Problem('invalid_request', `There is no day ${day}.`);
  if (from !== undefined && to !== undefined && from > to)
    throw new Problem('invalid_request', `The first day, ${from}, is after the last one, ${to}.`);
}

const isDay = (day: string): boolean => !Number.isNaN(startOf(day)) && dayAt(startOf(day)) === day;
