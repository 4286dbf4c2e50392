import { describe, expect, it } from '@jest/globals';
import type { Schedule } from '../trigger.js';
import { dueAt, nextDue, onTimeMs, planFirings } from './firings.js';

const ms = (time: string): number => Date.parse(time);
const iso = (times: readonly number[]): string[] => times.map((time) => new Date(time).toISOString());
const schedule = (cron: string, more: Partial<Schedule> = {}, timeZone = 'UTC'): Schedule => ({
  type: 'schedule',
  nodeId: 'times',
  recurrence: { cron, timeZone },
  missed: 'skip',
  jitterMs: 0,
  ...more,
});
const watched = (of: Schedule, from: string) => ({ schedule: of, key: 'default wf', watchedFrom: ms(from) });
const plan = (of: Schedule, from: string, doneUpTo: string, now: string) => {
  const { begin, doneUpTo: done } = planFirings(watched(of, from), ms(doneUpTo), ms(now));
  return { begin: iso(begin), doneUpTo: iso([done])[0] };
};
const hourly = schedule('0 * * * *');

describe('What is due', () => {
  it('begins at its moment, never before it, and once', () => {
    const early = plan(hourly, '2026-01-01T08:30:00Z', '2026-01-01T08:30:00Z', '2026-01-01T08:59:59.999Z');
    expect(early).toEqual({ begin: [], doneUpTo: '2026-01-01T08:30:00.000Z' });
    const due = plan(hourly, '2026-01-01T08:30:00Z', '2026-01-01T08:30:00Z', '2026-01-01T09:00:00Z');
    expect(due).toEqual({ begin: ['2026-01-01T09:00:00.000Z'], doneUpTo: '2026-01-01T09:00:00.000Z' });
    expect(plan(hourly, '2026-01-01T08:30:00Z', due.doneUpTo!, '2026-01-01T09:00:30Z').begin).toEqual([]);
  });

  it('begins, all of it and in order, while it is not later than a minute (rule 2)', () => {
    const often = schedule('*/20 * * * * *');
    const { begin } = plan(often, '2026-01-01T08:00:00Z', '2026-01-01T08:59:00Z', '2026-01-01T09:00:05Z');
    expect(begin).toEqual(['2026-01-01T08:59:20.000Z', '2026-01-01T08:59:40.000Z', '2026-01-01T09:00:00.000Z']);
    const late = ms('2026-01-01T09:00:00Z') + onTimeMs;
    expect(planFirings(watched(hourly, '2026-01-01T08:00:00Z'), ms('2026-01-01T08:00:00Z'), late).begin).toHaveLength(
      1,
    );
    const later = planFirings(watched(hourly, '2026-01-01T08:00:00Z'), ms('2026-01-01T08:00:00Z'), late + 1);
    expect(later).toEqual({ begin: [], doneUpTo: ms('2026-01-01T09:00:00Z') });
  });

  it('and was missed is skipped, or made up for once, by its last moment (rule 3)', () => {
    const since = '2026-01-01T00:30:00Z';
    const [from, now] = ['2026-01-03T08:30:00Z', '2026-01-03T08:30:00Z'];
    expect(plan(hourly, from, since, now)).toEqual({ begin: [], doneUpTo: '2026-01-03T08:00:00.000Z' });
    const once = schedule('0 * * * *', { missed: 'once' });
    expect(plan(once, from, since, now)).toEqual({
      begin: ['2026-01-03T08:00:00.000Z'],
      doneUpTo: '2026-01-03T08:00:00.000Z',
    });
    expect(plan(once, from, '2026-01-03T08:00:00Z', now).begin).toEqual([]);
  });

  it('is not made up for where the next is on time already', () => {
    const once = schedule('0 * * * *', { missed: 'once' });
    const { begin } = plan(once, '2026-01-01T08:30:00Z', '2026-01-01T05:00:00Z', '2026-01-01T09:00:10Z');
    expect(begin).toEqual(['2026-01-01T09:00:00.000Z']);
  });

  it('is nothing before the activation, however long ago that was', () => {
    const once = schedule('0 9 * * *', { missed: 'once' });
    expect(plan(once, '2026-01-01T12:00:00Z', '2026-01-01T09:00:00Z', '2026-01-01T12:00:00Z').begin).toEqual([]);
    expect(plan(once, '2026-01-01T12:00:00Z', '2026-01-01T08:59:59Z', '2026-01-01T12:00:00Z').begin).toHaveLength(1);
  });

  it('that the clock skips comes behind the gap; that it shows twice, once', () => {
    const early = schedule('30 2 * * *', { missed: 'once' }, 'Europe/Berlin');
    const spring = plan(early, '2026-03-28T12:00:00Z', '2026-03-28T12:00:00Z', '2026-03-29T01:00:00Z');
    expect(spring.begin).toEqual(['2026-03-29T01:00:00.000Z']);
    const autumn = plan(early, '2026-10-24T12:00:00Z', '2026-10-24T12:00:00Z', '2026-10-25T00:30:00Z');
    expect(autumn.begin).toEqual(['2026-10-25T00:30:00.000Z']);
    expect(plan(early, '2026-10-24T12:00:00Z', autumn.doneUpTo!, '2026-10-25T01:30:30Z').begin).toEqual([]);
  });
});

describe('The jitter', () => {
  const jittered = schedule('0 * * * *', { jitterMs: 600_000 });

  it('is the same for one moment and another for the next, never early and within its bound (rule 1)', () => {
    const drawn = Array.from({ length: 200 }, (_, hour) => {
      const at = ms('2026-01-01T00:00:00Z') + hour * 3_600_000;
      const due = dueAt({ schedule: jittered, key: 'default wf' }, at);
      expect(dueAt({ schedule: jittered, key: 'default wf' }, at)).toBe(due);
      return due - at;
    });
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(600_000);
    expect(new Set(drawn).size).toBeGreaterThan(190);
    expect(Math.max(...drawn) - Math.min(...drawn)).toBeGreaterThan(500_000);
  });

  it('never reaches the next moment', () => {
    const dense = schedule('* * * * * *', { jitterMs: 3_600_000 });
    for (let at = 0; at < 100_000; at += 1_000)
      expect(dueAt({ schedule: dense, key: 'k' }, at)).toBeLessThan(at + 1_000);
  });

  it('is waited for: the moment is the same, what is begun comes later', () => {
    const [from, at] = ['2026-01-01T08:30:00Z', ms('2026-01-01T09:00:00Z')];
    const due = dueAt(watched(jittered, from), at);
    expect(due).toBeGreaterThan(at);
    expect(nextDue(watched(jittered, from), ms(from))).toBe(due);
    expect(planFirings(watched(jittered, from), ms(from), due - 1).begin).toEqual([]);
    expect(planFirings(watched(jittered, from), ms(from), due).begin).toEqual([at]);
  });

  it('that was under way when the process was started anew is not missed', () => {
    const at = ms('2026-01-01T09:00:00Z');
    const due = dueAt(watched(jittered, '2026-01-01T09:00:00.001Z'), at);
    const anew = { ...watched(jittered, '2026-01-01T09:00:00.001Z'), watchedFrom: due - 1 };
    expect(planFirings(anew, ms('2026-01-01T08:30:00Z'), due - 1)).toEqual({
      begin: [],
      doneUpTo: ms('2026-01-01T08:30:00Z'),
    });
    expect(planFirings(anew, ms('2026-01-01T08:30:00Z'), due).begin).toEqual([at]);
  });
});

describe('When the next is due', () => {
  it('is told, or that there is none', () => {
    expect(nextDue(watched(hourly, '2026-01-01T00:00:00Z'), ms('2026-01-01T08:00:00Z'))).toBe(
      ms('2026-01-01T09:00:00Z'),
    );
    const never = schedule('0 0 31 2 *');
    expect(nextDue(watched(never, '2026-01-01T00:00:00Z'), 0)).toBeNull();
    expect(planFirings(watched(never, '2026-01-01T00:00:00Z'), 0, ms('2026-01-01T00:00:00Z'))).toEqual({
      begin: [],
      doneUpTo: 0,
    });
  });
});
