import { expect } from '@jest/globals';
import type { Fact, Projection, Row } from '../projection.js';

/** `given(facts).then(row)`: facts happen at positions 1, 2, … and one minute apart, from noon. */
export const specification =
  <E extends Fact, R extends Row>(projection: Projection<E, R>, id: string) =>
  (...facts: E[]) => {
    const finished = (last: R | null) => (last && projection.finished?.(last)) ?? last;
    const row = () =>
      finished(
        facts.reduce<R | null>((before, event, index) => {
          const at = new Date(Date.UTC(2026, 0, 31, 12, index)).toISOString();
          return projection.evolve(before, { event, id, tenant: 'default', at, position: String(index + 1) });
        }, null),
      );
    return {
      then: (expected: Partial<R>) => expect(row()).toMatchObject(expected),
      thenRow: (expected: R) => expect(row()).toEqual(expected),
      thenRefused: (message: string) => expect(row).toThrow(message),
    };
  };
