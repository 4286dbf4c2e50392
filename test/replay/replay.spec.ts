import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { eventSchemas, evolve, initialState, type ExecutionEvent } from '#engine';
import { eventOf, verifyChain, type RecordedEvent } from '#event-store';

/** Kept for ever: new rules must still read what old ones wrote. A file is added, and never changed. */
const folder = new URL('./histories/', import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith('.json'));

interface Stored {
  readonly stream: string;
  readonly events: readonly (Omit<RecordedEvent, 'revision'> & { readonly revision: number })[];
  /** What it came to: the fold's essence, as the version that wrote it saw it. */
  readonly came_to: Readonly<Record<string, unknown>>;
}

const read = (file: string): Stored => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Stored;

export function essence(stored: Pick<Stored, 'events'>): Record<string, unknown> {
  const state = initialState('kept');
  for (const recorded of stored.events) {
    const { envelope, data } = recorded;
    evolve(state, eventOf<ExecutionEvent>(recorded, eventSchemas), { at: envelope.at, bytes: data.length });
  }
  return {
    status: state.status,
    output: state.output,
    failure: state.failure?.code ?? null,
    variables: state.variables,
    steps: Object.fromEntries([...state.steps].map(([path, { status, attempt }]) => [path, `${status} ${attempt}`])),
    totals: state.totals,
  };
}

describe('stored histories', () => {
  it('are all here', () => {
    expect(files.sort()).toEqual([
      'approved.json',
      'cancelled.json',
      'compensated.json',
      'delayed.json',
      'limits.json',
      'loop-and-map.json',
      'map-gives-up.json',
      'pure-line.json',
      'refused.json',
      'retried-as-another.json',
      'retried-then-handled.json',
      'signals.json',
      'sub-workflow.json',
      'uncertain-resolved.json',
      'writes.json',
    ]);
  });

  it.each(files)('%s folds to what it came to when it was written', (file) => {
    const stored = read(file);
    expect(essence(stored)).toEqual(stored.came_to);
  });

  it.each(files)('%s verifies as a chain', async (file) => {
    const { stream, events } = read(file);
    const recorded = events.map((event) => ({ ...event, revision: BigInt(event.revision) }));
    expect(await verifyChain(stream, recorded)).toMatchObject({ valid: true, events: events.length });
  });
});
