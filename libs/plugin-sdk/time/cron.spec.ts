import { describe, expect, it } from '@jest/globals';
import { lastTime, nextTime, recurrenceProblem } from './cron.js';

const berlin = (cron: string) => ({ cron, timeZone: 'Europe/Berlin' });
const utc = (cron: string) => ({ cron, timeZone: 'UTC' });
const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
const next = (recurrence: ReturnType<typeof utc>, after: string, count = 1): (string | null)[] => {
  const times: (string | null)[] = [];
  for (let at = nextTime(recurrence, Date.parse(after)); times.length < count; at = nextTime(recurrence, at!))
    times.push(iso(at));
  return times;
};
const last = (recurrence: ReturnType<typeof utc>, until: string) => iso(lastTime(recurrence, Date.parse(until)));

describe('The next time', () => {
  it.each([
    ['0 12 * * *', '2026-03-28T11:59:59.999Z', '2026-03-28T12:00:00.000Z'],
    ['0 12 * * *', '2026-03-28T12:00:00.000Z', '2026-03-29T12:00:00.000Z'],
    ['0 12 * * *', '2026-03-28T12:00:00.001Z', '2026-03-29T12:00:00.000Z'],
    ['*/10 * * * * *', '2026-03-28T12:00:09.500Z', '2026-03-28T12:00:10.000Z'],
    ['@hourly', '2026-03-28T12:00:00.000Z', '2026-03-28T13:00:00.000Z'],
    ['0 9 29 2 *', '2026-03-28T12:00:00.000Z', '2028-02-29T09:00:00.000Z'],
    ['0 9 * * MON', '2026-03-28T12:00:00.000Z', '2026-03-30T09:00:00.000Z'],
  ])('of %s after %s is %s: never the moment itself, never before it', (cron, after, expected) => {
    expect(next(utc(cron), after)).toEqual([expected]);
  });

  it('follows the zone: nine in the morning is eight or seven of UTC', () => {
    expect(next(berlin('0 9 * * *'), '2026-03-28T00:00:00Z', 2)).toEqual([
      '2026-03-28T08:00:00.000Z',
      '2026-03-29T07:00:00.000Z',
    ]);
  });

  it('that the clock skips comes at once behind the gap, and once', () => {
    const expected = ['2026-03-29T01:00:00.000Z', '2026-03-30T00:30:00.000Z'];
    expect(next(berlin('30 2 * * *'), '2026-03-28T12:00:00Z', 2)).toEqual(expected);
    expect(next(berlin('30 2,14 * * *'), '2026-03-28T14:00:00Z', 1)).toEqual([expected[0]]);
  });

  it('that the clock shows twice comes the first time only', () => {
    const expected = ['2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z'];
    expect(next(berlin('30 2 * * *'), '2026-10-24T12:00:00Z', 2)).toEqual(expected);
  });

  it('every half an hour is every half an hour, on both days', () => {
    for (const after of ['2026-03-29T00:00:00Z', '2026-10-25T00:00:00Z']) {
      const times = next(berlin('*/30 * * * *'), after, 6).map((time) => Date.parse(time!));
      expect(times.map((time) => (time - Date.parse(after)) / 60_000)).toEqual([30, 60, 90, 120, 150, 180]);
    }
  });
});

describe('The last time', () => {
  it.each([
    ['2026-03-28T12:00:00.000Z', '2026-03-28T12:00:00.000Z'],
    ['2026-03-28T12:00:00.500Z', '2026-03-28T12:00:00.000Z'],
    ['2026-03-28T11:59:59.999Z', '2026-03-27T12:00:00.000Z'],
  ])('at or before %s is %s', (until, expected) => expect(last(utc('0 12 * * *'), until)).toBe(expected));

  it('is the one that the clock showed, also where it was set', () => {
    expect(last(berlin('30 2 * * *'), '2026-03-29T12:00:00Z')).toBe('2026-03-29T01:00:00.000Z');
    expect(last(berlin('30 2 * * *'), '2026-10-25T12:00:00Z')).toBe('2026-10-25T00:30:00.000Z');
  });

  it('and the next agree, through a year and both changes', () => {
    const at = Date.parse('2026-01-01T00:00:00Z');
    let tried = 0;
    for (const cron of ['30 2 * * *', '*/45 1-3 * * *', '0 0 1 * *', '15 */5 * * SUN']) {
      for (let time = nextTime(berlin(cron), at)!; time < Date.parse('2027-01-01T00:00:00Z'); tried += 1) {
        expect(lastTime(berlin(cron), time)).toBe(time);
        const following = nextTime(berlin(cron), time)!;
        expect(lastTime(berlin(cron), following - 1)).toBe(time);
        time = following;
      }
    }
    expect(tried).toBeGreaterThan(2_000);
  });
});

describe('What is no recurrence', () => {
  it.each([
    ['', 'cron', 'five fields'],
    ['* * * *', 'cron', 'five fields'],
    ['* * * * * * *', 'cron', 'five fields'],
    ['2026-01-01T00:00:00', 'cron', 'five fields'],
    ['@never', 'cron', 'five fields'],
    [`${'1,'.repeat(200)}1 * * * *`, 'cron', 'five fields'],
    ['61 * * * *', 'cron', 'Invalid value for minute'],
    ['x * * * *', 'cron', 'is no cron'],
    ['0 0 31 2 *', 'cron', 'never comes'],
  ])('"%s" is told from one', (cron, field, part) => {
    expect(recurrenceProblem(utc(cron))).toEqual({ field, message: expect.stringContaining(part) });
  });

  it('a zone that nobody knows', () => {
    expect(recurrenceProblem({ cron: '0 9 * * *', timeZone: 'Mars/Phobos' })).toMatchObject({ field: 'time_zone' });
    expect(recurrenceProblem({ cron: '0 9 * * *', timeZone: '' })).toMatchObject({ field: 'time_zone' });
  });

  it('and what is one', () => {
    expect(recurrenceProblem(berlin('0 9 * * MON-FRI'))).toBeNull();
    expect(recurrenceProblem(utc(' @daily '))).toBeNull();
  });

  it('is remembered for some, and forgotten for more', () => {
    for (let n = 0; n < 600; n += 1) expect(nextTime(utc(`${n % 60} ${n % 24} ${(n % 28) + 1} * *`), 0)).not.toBeNull();
  });
});
