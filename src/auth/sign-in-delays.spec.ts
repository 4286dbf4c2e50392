import { describe, expect, it } from '@jest/globals';
import { SignInDelays } from './sign-in-delays.js';

const minute = 60_000;
const delays = () => {
  const clock = { now: 1_000_000 };
  return { clock, delays: new SignInDelays(() => clock.now) };
};
const fail = (of: SignInDelays, times: number, email = 'ada', address = '10.0.0.1'): void => {
  for (let time = 0; time < times; time += 1) of.failed(email, address);
};

describe('The wait before another try', () => {
  it('is none for the first three failures, then grows', () => {
    const { delays: of } = delays();
    fail(of, 3);
    expect(of.wait('ada', '10.0.0.1')).toBe(0);
    const waits = Array.from({ length: 5 }, () => (fail(of, 1), of.wait('ada', '10.0.0.1')));
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000]);
  });

  it('is five minutes at most', () => {
    const { delays: of } = delays();
    fail(of, 40);
    expect(of.wait('ada', '10.0.0.1')).toBe(5 * minute);
  });

  it('passes', () => {
    const { clock, delays: of } = delays();
    fail(of, 5);
    clock.now += 1_500;
    expect(of.wait('ada', '10.0.0.1')).toBe(500);
    clock.now += 1_000;
    expect(of.wait('ada', '10.0.0.1')).toBe(0);
  });

  it('is that of the account from wherever, and that of the address for whomever', () => {
    const { delays: of } = delays();
    fail(of, 4);
    expect([
      of.wait('ada', 'elsewhere'),
      of.wait('ADA', 'elsewhere'),
      of.wait('bob', '10.0.0.1'),
      of.wait('bob', 'elsewhere'),
    ]).toEqual([1_000, 1_000, 1_000, 0]);
  });

  it('ends with a sign-in that succeeds, and an hour after the last failure', () => {
    const { clock, delays: of } = delays();
    fail(of, 10);
    of.succeeded('ada', '10.0.0.1');
    expect(of.wait('ada', '10.0.0.1')).toBe(0);
    fail(of, 10);
    clock.now += 61 * minute;
    fail(of, 1);
    expect(of.wait('ada', '10.0.0.1')).toBe(0);
  });

  it('is kept for so many and no more: memory stays bounded', () => {
    const { delays: of } = delays();
    fail(of, 10, 'first', 'first');
    for (let other = 0; other < 10_000; other += 1) of.failed(`user${other}`, `address${other}`);
    expect(of.wait('first', 'first')).toBe(0);
  });
});
