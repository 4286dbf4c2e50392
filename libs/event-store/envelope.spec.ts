import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  canonicalJson,
  genesis,
  preimage,
  seal,
  StoreDamaged,
  verifyChain,
  type Envelope,
  type RecordedEvent,
  type Unsealed,
} from './index.js';

interface Vector extends Omit<Unsealed, 'revision'> {
  readonly name: string;
  readonly revision: string;
  readonly dataBytes: string;
  readonly dataHash: string;
  readonly preimage: string;
  readonly hash: string;
}

const file = new URL('../../test/vectors/envelope.json', import.meta.url);
const { events: vectors } = JSON.parse(readFileSync(file, 'utf8')) as { readonly events: readonly Vector[] };

const unsealed = (vector: Vector): Unsealed => ({ ...vector, revision: BigInt(vector.revision) });
const recorded = (facts: Unsealed, position = '0'): RecordedEvent => ({
  ...seal(facts),
  stream: facts.stream,
  revision: facts.revision,
  position,
});

describe('the envelope, against what another implementation wrote', () => {
  it('has ten of its events', () => {
    expect(vectors).toHaveLength(10);
  });

  describe.each(vectors)('$name', (vector) => {
    it('has the same canonical bytes', () => {
      expect(Buffer.from(canonicalJson(vector.data), 'utf8').toString('hex')).toBe(vector.dataBytes);
    });

    it('has the same preimage', () => {
      expect(preimage({ ...unsealed(vector), dataHash: vector.dataHash })).toBe(vector.preimage);
    });

    it('has the same hashes, and stores just those bytes', () => {
      const { data, envelope } = seal(unsealed(vector));
      expect(Buffer.from(data).toString('hex')).toBe(vector.dataBytes);
      expect(envelope).toEqual({
        $correlationId: vector.correlationId,
        $causationId: vector.causationId,
        v: 1,
        tenant: vector.tenant,
        schema: vector.schema,
        at: vector.at,
        actor: vector.actor,
        dataHash: vector.dataHash,
        prev: vector.prev,
        hash: vector.hash,
      });
    });
  });

  it('begins each stream with the hash of its name', () => {
    const firsts = vectors.filter(({ revision }) => revision === '0');
    expect(firsts).toHaveLength(2);
    for (const { stream, prev } of firsts) expect(genesis(stream)).toBe(prev);
  });

  it('links them to chains that verify', async () => {
    for (const stream of new Set(vectors.map((vector) => vector.stream))) {
      const events = vectors.filter((vector) => vector.stream === stream).map((vector) => recorded(unsealed(vector)));
      expect(await verifyChain(stream, events)).toEqual({
        valid: true,
        events: events.length,
        head: events.at(-1)!.envelope.hash,
        first_bad: null,
      });
    }
  });
});

const stream = 'execution-1';
const facts = {
  stream,
  type: 'StepCompleted',
  schema: 1,
  tenant: 'default',
  at: '2026-01-01T00:00:00.000Z',
  actor: { sub: 'engine', via: 'engine' },
  causationId: 'request',
  correlationId: 'errand',
} as const;

/** A sound chain, one event for each value. */
function chain(values: readonly unknown[]): RecordedEvent[] {
  let prev = genesis(stream);
  return values.map((data, at) => {
    const event = recorded({ ...facts, id: `event-${at}`, revision: BigInt(at), prev, data });
    prev = event.envelope.hash;
    return event;
  });
}

const sound = chain([{ value: 1 }, { value: 2 }, { value: 3 }]);
const withSecond = (change: Partial<RecordedEvent>) => sound.with(1, { ...sound[1]!, ...change });
const withEnvelope = (change: object) => withSecond({ envelope: { ...sound[1]!.envelope, ...change } as Envelope });
const firstBad = async (events: readonly RecordedEvent[]) => (await verifyChain(stream, events)).first_bad;

describe('verifyChain', () => {
  it('finds nothing in an empty stream', async () => {
    expect(await verifyChain(stream, [])).toEqual({ valid: true, events: 0, head: null, first_bad: null });
  });

  it('says how far the chain is sound', async () => {
    expect(await verifyChain(stream, withSecond({ data: '{"value":9}' }))).toEqual({
      valid: false,
      events: 1,
      head: sound[0]!.envelope.hash,
      first_bad: { revision: 1, reason: 'data_hash' },
    });
  });

  it.each<[string, Partial<RecordedEvent>]>([
    ['type', { type: 'StepFailed' }],
    ['id', { id: 'another' }],
  ])('finds another %s', async (_, change) => {
    expect(await firstBad(withSecond(change))).toEqual({ revision: 1, reason: 'hash' });
  });

  it.each([
    ['tenant', { tenant: 'another' }],
    ['schema', { schema: 2 }],
    ['time', { at: '2027-01-01T00:00:00.000Z' }],
    ['actor', { actor: { sub: 'mallory', via: 'engine' } }],
    ['cause', { $causationId: 'another' }],
    ['errand', { $correlationId: 'another' }],
    ['hash', { hash: genesis('another') }],
  ])('finds another %s', async (_, change) => {
    expect(await firstBad(withEnvelope(change))).toEqual({ revision: 1, reason: 'hash' });
  });

  it.each([
    ['of another version', { v: 2 }],
    ['with something beside it', { note: 'not covered' }],
    ['with something beside its actor', { actor: { sub: 'engine', via: 'engine', role: 'admin' } }],
    ['without an actor', { actor: null }],
    ['without a hash', { hash: undefined }],
  ])('cannot read an envelope %s', async (_, change) => {
    expect(await firstBad(withEnvelope(change))).toEqual({ revision: 1, reason: 'unreadable' });
  });

  it.each([[null], [{}], [5]])('cannot read %j as an envelope', async (envelope) => {
    const events = withSecond({ envelope: envelope as unknown as Envelope });
    expect(await firstBad(events)).toEqual({ revision: 1, reason: 'unreadable' });
  });

  it('finds an event that was taken out', async () => {
    expect(await firstBad([sound[0]!, sound[2]!])).toEqual({ revision: 1, reason: 'revision_gap' });
  });

  it('finds an event that follows another one', async () => {
    const [, second] = chain([{ value: 'another' }, { value: 2 }]);
    expect(await firstBad(withSecond(second!))).toEqual({ revision: 1, reason: 'prev' });
  });

  it('finds an event of another stream', async () => {
    const moved = sound.map((event) => ({ ...event, stream: 'execution-2' }));
    expect(await firstBad(moved)).toEqual({ revision: 0, reason: 'hash' });
  });

  it.each([
    ['in another order', '{"b":1,"a":2}'],
    ['that is no JSON', '{"b":'],
  ])('finds data %s, though its hash is right', async (_, data) => {
    const { hash } = await import('node:crypto');
    const dataHash = hash('sha256', data, 'hex');
    const events = withSecond({ data, envelope: { ...sound[1]!.envelope, dataHash } });
    expect(await firstBad(events)).toEqual({ revision: 1, reason: 'not_canonical' });
  });

  it('names the place where the store itself cannot be read', async () => {
    async function* damaged(): AsyncIterable<RecordedEvent> {
      yield sound[0]!;
      throw new StoreDamaged('malformed');
    }
    expect((await verifyChain(stream, damaged())).first_bad).toEqual({ revision: 1, reason: 'unreadable' });
  });

  it('takes no other failure of the store for a broken chain', async () => {
    async function* gone(): AsyncIterable<RecordedEvent> {
      yield sound[0]!;
      throw new Error('gone');
    }
    await expect(verifyChain(stream, gone())).rejects.toThrow('gone');
  });

  it('finds any change to any event of any chain', async () => {
    const bend = fc.record({
      values: fc.array(fc.jsonValue(), { minLength: 1, maxLength: 5 }),
      at: fc.nat(),
      by: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(bend, async ({ values, at, by }) => {
        const events = chain(values);
        expect((await verifyChain(stream, events)).valid).toBe(true);
        const revision = at % events.length;
        const changed = bent(events[revision]!, by);
        expect(await firstBad(events.with(revision, changed))).toMatchObject({ revision });
      }),
    );
  });
});

/** The event with one character changed of what is stored of it. */
function bent(event: RecordedEvent, by: number): RecordedEvent {
  const members = ['data', 'type', 'id'] as const;
  const member = members[by % members.length]!;
  const text = event[member];
  const at = by % text.length;
  return { ...event, [member]: `${text.slice(0, at)}${text[at] === 'x' ? 'y' : 'x'}${text.slice(at + 1)}` };
}
