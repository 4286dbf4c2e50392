import type { Evaluation } from '../evaluation.js';
import { duration, timestamp } from '../operators.js';
import { Duration, Timestamp } from '../value.js';
import { formatted, offsetMinutes } from './time-format.js';
import { fn, type LanguageFunction } from './signature.js';

/** Units of work to read or write a time. */
const WORK_OF_READING = 10;

/** Functions of times. None reads the clock; all are in UTC unless an offset is given. */
export const timeFunctions = {
  timestamp: fn(['string|double|timestamp'], 'timestamp', readTimestamp),
  duration: fn(['string|double|duration'], 'duration', readDuration),
  format_time: fn(['timestamp|string|double', 'string', 'string?'], 'string', formatTime),
  getFullYear: part((date) => date.getUTCFullYear()),
  getMonth: part((date) => date.getUTCMonth()),
  getDate: part((date) => date.getUTCDate()),
  getDayOfMonth: part((date) => date.getUTCDate() - 1),
  getDayOfWeek: part((date) => date.getUTCDay()),
  getHours: part((date) => date.getUTCHours()),
  getMinutes: part((date) => date.getUTCMinutes()),
  getSeconds: part((date) => date.getUTCSeconds()),
  getMilliseconds: part((date) => date.getUTCMilliseconds()),
};

/** A part of a timestamp, counted as CEL counts: months and days of the month from 0, `getDate` from 1. */
function part(of: (date: Date) => number): LanguageFunction {
  return fn(['timestamp'], 'double', (_run, at) => of(new Date(at.ms)));
}

const rfc3339 =
  /^(\d{4}-\d\d-\d\d)(?:[Tt ]([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(\.\d{1,9})?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d))?$/;

/** RFC 3339 text (a date alone is its midnight), or seconds since 1970. */
function readTimestamp(run: Evaluation, value: string | number | Timestamp): Timestamp {
  if (value instanceof Timestamp) return value;
  run.spend(WORK_OF_READING);
  if (typeof value === 'number') return timestamp(run, value * 1_000);
  const parts = value.length <= 40 ? rfc3339.exec(value) : null;
  const midnight = parts ? Date.parse(`${parts[1]}T00:00:00Z`) : NaN;
  if (!parts || Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== parts[1]) {
    return run.fail("timestamp() reads RFC 3339: '2026-01-31T12:00:00Z'.");
  }
  const [, , hours = 0, minutes = 0, seconds = 0, fraction = '.', offset = 'Z'] = parts;
  const time = (Number(hours) * 60 + Number(minutes) - offsetMinutes(offset)!) * 60_000 + Number(seconds) * 1_000;
  return timestamp(run, midnight + time + Number(`${fraction}00`.slice(1, 4)));
}

const spans: Record<string, number> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1, us: 1e-3, ns: 1e-6 };
const spanText = /^(-?)((?:\d{1,12}(?:\.\d{1,9})?(?:ms|us|ns|d|h|m|s))+)$/;

/** '1h30m', '90s', '1.5s', '250ms', '-2d', or seconds. */
function readDuration(run: Evaluation, value: string | number | Duration): Duration {
  if (value instanceof Duration) return value;
  run.spend(WORK_OF_READING);
  if (typeof value === 'number') return duration(run, value * 1_000);
  const [, sign, text] = (value.length <= 100 && spanText.exec(value)) || [];
  if (text === undefined) return run.fail("duration() reads '90s', '1h30m', '250ms', '2d'.");
  let ms = 0;
  for (const [, amount, unit] of text.matchAll(/([\d.]+)(ms|us|ns|d|h|m|s)/g)) ms += Number(amount) * spans[unit!]!;
  return duration(run, sign === '-' ? -ms : ms);
}

/** Text of a time after a pattern such as 'yyyy-MM-dd HH:mm'; `offset`: 'Z' (the default) or '+02:00'. */
function formatTime(run: Evaluation, value: Timestamp | string | number, pattern: string, offset = 'Z'): string {
  run.spend(WORK_OF_READING + pattern.length);
  run.allowText(4 * pattern.length);
  const minutes = offsetMinutes(offset);
  if (minutes === null)
    return run.fail("format_time() takes an offset such as '+02:00' or 'Z': names of zones change over time.");
  const text = formatted(readTimestamp(run, value).ms + minutes * 60_000, pattern, minutes);
  return (
    text ??
    run.fail("format_time() takes yyyy MM dd HH mm ss SSS, MMM, MMMM, EEE, EEEE, hh a, Z; other words in quotes: 'at'.")
  );
}
