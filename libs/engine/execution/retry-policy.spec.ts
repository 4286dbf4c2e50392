import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { matchesCode, mayRetry, restBefore, retryPolicy } from './retry-policy.js';

const failure = (code: string, retryable = true) => ({ code, message: code, retryable });

describe('a retry policy', () => {
  it('tries a step that merely looks three times, every other once, unless it is given', () => {
    expect(retryPolicy(undefined, 'read').max_attempts).toBe(3);
    expect(retryPolicy(undefined, 'write').max_attempts).toBe(1);
    expect(retryPolicy({}, 'write')).toMatchObject({ max_attempts: 3, backoff_ms: 500, multiplier: 2, jitter: 0.2 });
    expect(retryPolicy({ max_attempts: 7 }, 'none').max_attempts).toBe(7);
  });

  it('makes no other attempt of what is not retryable, by itself or by its code', () => {
    const policy = retryPolicy({ non_retryable: ['invalid', 'http_4*'] }, 'write');
    expect(
      [failure('busy'), failure('busy', false), failure('invalid'), failure('http_404'), failure('http_503')].map(
        (each) => mayRetry(each, policy),
      ),
    ).toEqual([true, false, false, false, true]);
    expect([matchesCode('http_5*', 'http_503'), matchesCode('http_5', 'http_503')]).toEqual([true, false]);
  });

  it('rests longer each time, up to the maximum, and never less than it was asked for', () => {
    const policy = retryPolicy({ backoff_ms: 100, max_backoff_ms: 350, jitter: 0.5 }, 'write');
    expect([2, 3, 4, 5].map((attempt) => restBefore(attempt, policy, 0))).toEqual([100, 200, 350, 350]);
    expect(restBefore(2, policy, 1)).toBe(50);
    expect(restBefore(2, policy, 0, { ...failure('busy'), retry_after_ms: 300 })).toBe(300);
    expect(restBefore(2, policy, 0, { ...failure('busy'), retry_after_ms: 9_000 })).toBe(350);
  });

  it('never decreases as the attempt number grows', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 50 }),
        fc.nat(10_000),
        fc.double({ min: 1, max: 5, noNaN: true }),
        (attempt, backoff_ms, multiplier) => {
          const policy = retryPolicy({ backoff_ms, multiplier }, 'write');
          expect(restBefore(attempt + 1, policy, 0)).toBeGreaterThanOrEqual(restBefore(attempt, policy, 0));
        },
      ),
    );
  });
});
