import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, externalize, internalize, largestInEvent, MemoryEventStore } from './index.js';

const { payloads } = new MemoryEventStore();
const get = (sha256: string) => payloads.get('default', sha256);
const kept = async (data: Record<string, unknown>) => {
  const stored = externalize(data);
  for (const { bytes } of stored.payloads) await payloads.put('default', bytes);
  return stored;
};

/** A text whose JSON has just so many bytes. */
const textOf = (bytes: number) => 'x'.repeat(bytes - 2);

describe('the claim check', () => {
  it('leaves small values where they are', () => {
    const data = { path: 'a', input: { some: ['text', 1, null, true] }, output: textOf(largestInEvent) };
    expect(externalize(data)).toEqual({ data, payloads: [] });
    expect(externalize(data).data).toBe(data);
  });

  it('keeps what is over the limit beside the log, and says where', async () => {
    const output = { b: textOf(largestInEvent), a: 1 };
    const { data, payloads: large } = await kept({ path: 'a', output });
    const size = canonicalJson(output).length;
    expect(data).toEqual({
      path: 'a',
      output: { $ref: { mime: 'application/json', sha256: expect.stringMatching(/^[0-9a-f]{64}$/), size } },
    });
    expect(large.map(({ bytes }) => bytes.length)).toEqual([size]);
    expect(await internalize(data, get)).toEqual({ path: 'a', output });
  });

  it.each([
    ['bytes, where characters take several', 'é'.repeat(largestInEvent / 2)],
    ['escapes, as they are written', '\u0001'.repeat(Math.ceil(largestInEvent / 6))],
    ['keys', Object.fromEntries(Array.from({ length: 4_000 }, (_, at) => [`a_long_name_${at}`, 1]))],
    ['many small values', Array(largestInEvent).fill(1)],
  ])('counts %s', (_, value) => {
    expect(externalize({ value }).payloads).toHaveLength(1);
  });

  it('does not take a value that looks like a claim check for one', async () => {
    const forged = { $ref: { mime: 'application/json', sha256: 'f'.repeat(64), size: 1 } };
    const { data } = await kept({ input: forged });
    expect(data.input).not.toEqual(forged);
    expect(await internalize(data, get)).toEqual({ input: forged });
  });

  it.each([
    [{ $ref: null }],
    [{ $ref: 'text' }],
    [{ $ref: { sha256: 1 } }],
    [{ $ref: { sha256: 'a' }, more: 1 }],
    [null],
  ])('passes %j as it is', async (value) => {
    const { data, payloads: large } = externalize({ value });
    expect(large).toEqual([]);
    expect(await internalize(data, get)).toEqual({ value });
  });

  it('touches no member that is not known to hold values', () => {
    const data = { taken: textOf(2 * largestInEvent) };
    expect(externalize(data).data).toBe(data);
  });

  it('tells a missing value from one that was changed', async () => {
    const { data } = externalize({ output: textOf(largestInEvent + 1) });
    await expect(internalize(data, async () => null)).rejects.toMatchObject({ code: 'payload_missing' });
    const other = async () => new TextEncoder().encode('"another"');
    await expect(internalize(data, other)).rejects.toMatchObject({ code: 'payload_digest' });
  });

  it('gives back whatever it was given', async () => {
    const size = fc.constantFrom(0, 10_000, 60_000, 70_000);
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), size, async (value, padding) => {
        const given = { input: value, output: [value, 'x'.repeat(padding)] };
        const { data } = await kept(given);
        expect(canonicalJson(data.output).length).toBeLessThanOrEqual(largestInEvent);
        expect(canonicalJson(await internalize(data, get))).toBe(canonicalJson(given));
      }),
      { numRuns: 50 },
    );
  });
});
