import { describe, expect, it } from '@jest/globals';
import { runTool } from '@chatter/plugin-sdk/testing';
import { CurrentTimeTool } from './current-time.tool.js';

const at = (time: string) => ({ clock: { now: () => Date.parse(time) } });

describe('the current time', () => {
  it('is told in UTC, where nothing else is said', async () => {
    const { result } = await runTool(CurrentTimeTool, at('2026-03-01T23:59:59.250Z'));
    expect(result).toEqual({
      iso: '2026-03-01T23:59:59.250Z',
      local: '2026-03-01T23:59:59+00:00',
      weekday: 'Sunday',
      time_zone: 'UTC',
      unix_ms: Date.parse('2026-03-01T23:59:59.250Z'),
    });
  });

  it.each([
    ['Europe/Berlin', '2026-07-01T00:30:00Z', '2026-07-01T02:30:00+02:00', 'Wednesday'],
    ['America/New_York', '2026-01-01T03:00:00Z', '2025-12-31T22:00:00-05:00', 'Wednesday'],
    ['Asia/Kolkata', '2026-01-01T18:30:00Z', '2026-01-02T00:00:00+05:30', 'Friday'],
  ])('is told in %s', async (time_zone, now, local, weekday) => {
    const { result } = await runTool(CurrentTimeTool, { args: { time_zone }, ...at(now) });
    expect(result).toMatchObject({ local, weekday, time_zone });
  });

  it('has no such time zone', async () => {
    await expect(runTool(CurrentTimeTool, { args: { time_zone: 'Mars/Olympus' } })).rejects.toMatchObject({
      code: 'unknown_time_zone',
    });
  });
});
