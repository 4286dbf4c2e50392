import { describe, expect, it } from '@jest/globals';
import { Places, type Asking } from './places.js';

const asking = (executionId: string, tenant = 'a', priority = 0): Asking => ({ executionId, tenant, priority });

/** Who comes in which order, when one place is passed on from one to the next. */
function order(all: readonly Asking[]): string[] {
  const places = new Places<Asking>(1);
  const first = asking('first');
  places.has(first);
  for (const each of all) expect(places.has(each)).toBe(false);
  const came: string[] = [];
  for (let next = places.leave(first); next; next = places.leave(next)) came.push(next.executionId);
  return came;
}

describe('places', () => {
  it('are given to so many at once, and kept until they are left', () => {
    const places = new Places<Asking>(2);
    const [one, two, three] = [asking('1'), asking('2'), asking('3')];
    expect([one, two, three, one, three].map((each) => places.has(each))).toEqual([true, true, false, true, false]);
    expect([places.free, places.waitingOf('a'), places.waitingOf('b')]).toEqual([0, 1, 0]);
    expect(places.leave(one)).toBe(three);
    expect([places.has(three), places.leave(two), places.leave(two), places.free]).toEqual([true, null, null, 1]);
  });

  it('are passed on in the order of asking, among equals', () => {
    expect(order(['1', '2', '3'].map((id) => asking(id)))).toEqual(['1', '2', '3']);
  });

  it('are given to tenants in turn, however many of one wait', () => {
    const crowd = Array.from({ length: 5 }, (_, at) => asking(`a${at}`, 'a'));
    expect(order([...crowd, asking('b0', 'b'), asking('b1', 'b'), asking('c0', 'c')])).toEqual([
      'a0',
      'b0',
      'c0',
      'a1',
      'b1',
      'a2',
      'a3',
      'a4',
    ]);
  });

  it('are given to a higher priority more often, and to a lower one all the same', () => {
    const low = Array.from({ length: 4 }, (_, at) => asking(`low${at}`, 'a', 0));
    const high = Array.from({ length: 12 }, (_, at) => asking(`high${at}`, 'a', 3));
    const came = order([...low, ...high]);
    expect(came.slice(0, 10).filter((id) => id.startsWith('high'))).toHaveLength(8);
    expect(came).toHaveLength(16);
  });

  it('owe nothing to who was not there', () => {
    const places = new Places<Asking>(1);
    const holder = asking('0');
    places.has(holder);
    const early = Array.from({ length: 6 }, (_, at) => asking(`a${at}`, 'a'));
    for (const each of early) places.has(each);
    let next = places.leave(holder)!;
    for (let served = 0; served < 3; served += 1) next = places.leave(next)!;
    const late = ['b0', 'b1', 'b2'].map((id) => asking(id, 'b'));
    for (const each of late) places.has(each);
    const came: string[] = [];
    for (let each = places.leave(next); each; each = places.leave(each)) came.push(each.executionId);
    expect(came).toEqual(['a4', 'b0', 'a5', 'b1', 'b2']);
  });

  it('are not given to who has left the queue', () => {
    const places = new Places<Asking>(1);
    const [one, two, three] = [asking('1'), asking('2'), asking('3')];
    for (const each of [one, two, three]) places.has(each);
    expect(places.leave(two)).toBeNull();
    expect(places.leave(one)).toBe(three);
  });
});
