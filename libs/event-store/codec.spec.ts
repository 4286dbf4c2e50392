import { describe, expect, it } from '@jest/globals';
import { upcast } from './index.js';

const upcasters = {
  StepCompleted: [
    ({ result, ...rest }: Readonly<Record<string, unknown>>) => ({ ...rest, output: result }),
    (data: Readonly<Record<string, unknown>>) => ({ ...data, port: 'out' }),
  ],
};

describe('reading old events', () => {
  it('leaves a type that never changed as it is', () => {
    const data = { path: 'a' };
    expect(upcast('StepStarted', 1, data)).toBe(data);
  });

  it.each([
    [1, { result: 1 }, { output: 1, port: 'out' }],
    [2, { output: 1 }, { output: 1, port: 'out' }],
    [3, { output: 1, port: 'in' }, { output: 1, port: 'in' }],
  ])('brings schema %d up to today', (schema, data: Record<string, unknown>, today) => {
    expect(upcast('StepCompleted', schema, data, upcasters)).toEqual(today);
  });

  it.each([[4], [0], [1.5], [Number.NaN]])('refuses schema %d, which it does not know', (schema) => {
    expect(() => upcast('StepCompleted', schema, {}, upcasters)).toThrow(
      expect.objectContaining({ code: 'unreadable_event', message: expect.stringContaining('reads up to 3') }),
    );
  });
});
