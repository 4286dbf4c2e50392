import { Cron } from 'croner';

/** When something recurs: five fields (minute, hour, day, month, weekday), or six with the second before them. */
export interface Recurrence {
  readonly cron: string;
  /** Of the IANA: `Europe/Berlin`. */
  readonly timeZone: string;
}

/**
 * What a recurrence means where the clock is set forward or back. A time that is skipped comes at once behind the gap, one
 * that comes twice comes the first time; a job that recurs within the hour (`*`, steps) follows the clock as it goes.
 */
const meaning = { mode: '5-or-6-parts', fixedTimeRule: 'no-wildcard', paused: true } as const;

const nicknames = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];

/** Why this is no recurrence, and what to do; null: it is one. Reads no clock but to find that it ever comes. */
export function recurrenceProblem({
  cron,
  timeZone,
}: Recurrence): { field: 'cron' | 'time_zone'; message: string } | null {
  if (!isTimeZone(timeZone)) {
    const message = `"${timeZone}" is no time zone. Name one of the IANA, such as UTC or Europe/Berlin.`;
    return { field: 'time_zone', message };
  }
  if (!hasCronForm(cron)) {
    return { field: 'cron', message: `"${cron}" has not the five fields of a cron, such as "0 9 * * MON-FRI".` };
  }
  try {
    if (nextTime({ cron, timeZone }, 0) !== null) return null;
    return { field: 'cron', message: `"${cron}" never comes: there is no such day.` };
  } catch (error) {
    return {
      field: 'cron',
      message: `"${cron}" is no cron: ${(error as Error).message.replace(/^CronPattern: /, '')}`,
    };
  }
}

/** The first moment after `after`, ms since the epoch; null: none ever. Throws where there is a `recurrenceProblem`. */
export function nextTime(recurrence: Recurrence, after: number): number | null {
  return compiled(recurrence).nextRun(new Date(after))?.getTime() ?? null;
}

/** The last moment at or before `until`, ms since the epoch; null: none ever. */
export function lastTime(recurrence: Recurrence, until: number): number | null {
  return (
    compiled(recurrence)
      .previousRuns(1, new Date(until + 1))[0]
      ?.getTime() ?? null
  );
}

const kept = 500;
const known = new Map<string, Cron>();

function compiled({ cron, timeZone }: Recurrence): Cron {
  const key = `${timeZone} ${cron}`;
  const there = known.get(key);
  if (there) return there;
  const made = new Cron(cron.trim(), { ...meaning, timezone: timeZone });
  if (known.size >= kept) known.delete(known.keys().next().value!);
  known.set(key, made);
  return made;
}

/** The library also takes single dates, which do not recur. */
function hasCronForm(cron: string): boolean {
  const fields = cron.trim().split(/\s+/);
  return cron.length <= 200 && (fields.length === 5 || fields.length === 6 || nicknames.includes(cron.trim()));
}

function isTimeZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
