import { describe, expect, it } from '@jest/globals';
import { eventOf, schemaOf, upcast } from './index.js';
import { sealedChain } from './testing/index.js';

const schemas = {
  StepStarted: [],
  StepCompleted: [
    ({ result, ...rest }: Readonly<Record<string, unknown>>) => ({ ...rest, output: result }),
    (data: Readonly<Record<string, unknown>>) => ({ ...data, port: 'out' }),
  ],
};

describe('reading old events', () => {
  it('leaves a type that never changed as it is', () => {
    const data = { path: 'a' };
    expect(upcast('StepStarted', 1, data, schemas)).toBe(data);
  });

  it.each([
    [1, { result: 1 }, { output: 1, port: 'out' }],
    [2, { output: 1 }, { output: 1, port: 'out' }],
    [3, { output: 1, port: 'in' }, { output: 1, port: 'in' }],
  ])('brings schema %d up to today', (schema, data: Record<string, unknown>, today) => {
    expect(upcast('StepCompleted', schema, data, schemas)).toEqual(today);
  });

  it.each([[4], [0], [1.5], [Number.NaN]])('refuses schema %d, which it does not know', (schema) => {
    expect(() => upcast('StepCompleted', schema, {}, schemas)).toThrow(
      expect.objectContaining({ code: 'unreadable_event', message: expect.stringContaining('reads up to 3') }),
    );
  });

  it.each(['StepVanished', 'constructor', ''])('refuses the type "%s", which it does not know', (type) => {
    expect(() => upcast(type, 1, {}, schemas)).toThrow(
      expect.objectContaining({ code: 'unreadable_event', message: expect.stringContaining(`of the type ${type}`) }),
    );
    expect(() => schemaOf(type, schemas)).toThrow(expect.objectContaining({ code: 'unreadable_event' }));
  });

  it('says what a record says, by today', () => {
    const [old] = sealedChain([7], { type: 'StepStarted' });
    expect(eventOf(old!, { StepStarted: [({ value }) => ({ path: `step-${value}` })] })).toEqual({
      type: 'StepStarted',
      data: { path: 'step-7' },
    });
  });
});

describe('writing', () => {
  it('is in the schema of today: the first, and one more for each upcaster', () => {
    expect(schemaOf('StepStarted', schemas)).toBe(1);
    expect(schemaOf('StepCompleted', schemas)).toBe(3);
  });
});
