import { describe, expect, it } from '@jest/globals';
import { NewestStates } from './newest-states.js';

const at = (revision: bigint) => ({ tenant: 'default', state: `as of ${revision}`, revision });

describe('states that are kept', () => {
  it('are never replaced by an older one, in whatever order they come', () => {
    const states = new NewestStates<string>();
    states.keep('a', at(2n));
    expect(states.keep('a', at(1n))).toEqual(at(2n));
    expect(states.keep('a', at(3n))).toEqual(at(3n));
    expect(states.get('a')).toEqual(at(3n));
  });

  it('make room, the oldest first, where only so many are kept', () => {
    const states = new NewestStates<string>(2);
    for (const id of ['a', 'b', 'a', 'c']) states.keep(id, at(BigInt(id.charCodeAt(0))));
    expect([...states.values()].map(({ revision }) => Number(revision))).toEqual([98, 99]);
  });
});
