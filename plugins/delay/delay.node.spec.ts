import { describe, expect, it } from '@jest/globals';
import { type JsonObject, toDefinition, type WaitDefinition } from '@chatter/plugin-sdk';
import { DelayNode } from './delay.node.js';
import { instantOf } from './rfc3339.js';

const delay = toDefinition(DelayNode) as WaitDefinition;
const noon = Date.parse('2026-01-01T12:00:00Z');
const rest = (config: JsonObject, random = 0): number =>
  (delay.begin(config, { incoming: null, now: noon, random }).timer?.dueAt ?? NaN) - noon;

describe('delay', () => {
  it('rests a second, if it is told nothing else', () => expect(rest({})).toBe(1_000));

  it.each([
    [0, 0],
    [250, 250],
    [0.5, 1],
    [40 * 365 * 24 * 3_600_000, 40 * 365 * 24 * 3_600_000],
  ])('rests the duration %d, and is never early', (duration_ms, ms) => expect(rest({ duration_ms })).toBe(ms));

  it('draws evenly between the shortest and the longest', () => {
    const config = { delay_type: 'random', duration_ms: 1_000, max_duration_ms: 3_000 };
    expect(rest(config, 0)).toBe(1_000);
    expect(rest(config, 0.5)).toBe(2_000);
    expect(rest(config, 0.999_999)).toBeLessThanOrEqual(3_000);
  });

  it.each([
    [0, 1_000],
    [0.25, 2_000],
    [0.5, 4_000],
    [0.99, 8_000],
  ])('doubles some times, with chance %d to %d ms', (random, ms) => {
    expect(rest({ delay_type: 'exponential', duration_ms: 1_000, max_duration_ms: 8_000 }, random)).toBe(ms);
    expect(rest({ delay_type: 'exponential', duration_ms: 1_000, max_duration_ms: 15_999 }, random)).toBe(ms);
  });

  it('doubles from a millisecond when the shortest is none', () => {
    const config = { delay_type: 'exponential', duration_ms: 0, max_duration_ms: 4 };
    expect([0, 0.4, 0.99].map((random) => rest(config, random))).toEqual([1, 2, 4]);
    expect(rest({ ...config, max_duration_ms: 0.5 }, 0.99)).toBe(1);
  });

  it.each(['random', 'exponential'])('is never over the longest, whatever expressions made of it: %s', (delay_type) => {
    expect(rest({ delay_type, duration_ms: 9_000, max_duration_ms: 5_000 }, 0.9)).toBe(5_000);
    expect(rest({ delay_type, duration_ms: 9_000 }, 0.9)).toBe(9_000);
  });

  it('waits until a moment, or not at all when that is past', () => {
    expect(rest({ delay_type: 'until', until: '2026-01-01T13:00:00+00:30' })).toBe(30 * 60_000);
    expect(rest({ delay_type: 'until', until: '1999-12-31T23:59:59.5z' })).toBe(0);
    expect(rest({ delay_type: 'until', until: '2099-01-01T12:00:00Z' })).toBeGreaterThan(70 * 365 * 24 * 3_600_000);
  });

  it.each(['tomorrow', '2026-02-30T00:00:00Z', '2026-01-01', ''])('fails for a moment that is none: "%s"', (until) => {
    expect(() => rest({ delay_type: 'until', until })).toThrow(expect.objectContaining({ code: 'invalid_config' }));
  });

  it('fails without a moment to wait for', () => {
    expect(() => rest({ delay_type: 'until' })).toThrow(expect.objectContaining({ code: 'invalid_config' }));
  });

  it('gives on what arrived when the time has come, and heeds no signal', () => {
    const context = { incoming: { kept: 1 }, now: noon, random: 0 };
    expect(delay.onEvent({}, { type: 'timer' }, context)).toEqual({ type: 'settle', port: 'out', output: { kept: 1 } });
    expect(delay.onEvent({}, { type: 'signal', name: 'x', payload: null }, context)).toEqual({ type: 'stay' });
  });

  it.each([
    [{ delay_type: 'random' }, '/max_duration_ms'],
    [{ delay_type: 'exponential' }, '/max_duration_ms'],
    [{ delay_type: 'random', duration_ms: 5, max_duration_ms: 4 }, '/max_duration_ms'],
    [{ delay_type: 'random', max_duration_ms: 999 }, '/max_duration_ms'],
    [{ delay_type: 'until' }, '/until'],
    [{ delay_type: 'until', until: 'tomorrow' }, '/until'],
  ])('finds what is missing or wrong in %j', (config, path) => {
    expect(delay.validate?.(config)).toMatchObject([{ path }]);
  });

  it.each([
    [{}],
    [{ duration_ms: 5 }],
    [{ delay_type: '{{ input.kind }}' }],
    [{ delay_type: 'until', until: '{{ input.at }}' }],
    [{ delay_type: 'until', until: 5 }],
    [{ delay_type: 'until', until: '2026-01-01T00:00:00Z' }],
    [{ delay_type: 'random', duration_ms: '{{ input.ms }}', max_duration_ms: 5 }],
    [{ delay_type: 'exponential', duration_ms: 5, max_duration_ms: 5 }],
  ])('finds nothing in %j', (config) => expect(delay.validate?.(config)).toEqual([]));

  it('lets time pass and does nothing else; reads duration as duration_ms', () => {
    expect(delay.descriptor).toMatchObject({ kind: 'wait', effects: 'wait', ports: ['out'] });
    expect(delay.descriptor.aliases.config).toMatchObject({ duration: 'duration_ms' });
  });
});

describe('a moment in RFC 3339', () => {
  it.each([
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
    ['2026-12-31t23:59:59.123456z', Date.UTC(2026, 11, 31, 23, 59, 59, 123)],
    ['2026-06-01T00:00:00-02:00', Date.UTC(2026, 5, 1, 2)],
  ])('reads %s', (text, instant) => expect(instantOf(text)).toBe(instant));

  it.each([
    '2025-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-01T25:00:00Z',
    '2026-01-01 00:00:00Z',
    '2026-01-01T00:00:00',
  ])('refuses %s', (text) => expect(instantOf(text)).toBeNull());
});
