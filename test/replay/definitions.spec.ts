import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import {
  evolveDefinition,
  evolveDraft,
  noDraft,
  unknownDefinition,
  type DefinitionEvent,
  type DefinitionState,
  type DraftEvent,
  type DraftState,
} from '#engine';
import { verifyChain, type RecordedEvent } from '#event-store';

/** Kept for ever: new rules must still read what old ones wrote. A file is added, and never changed. */
const folder = new URL('./definitions/', import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith('.json'));

interface Stored {
  readonly stream: string;
  readonly events: readonly (Omit<RecordedEvent, 'revision'> & { readonly revision: number })[];
  /** The fold, as the version that wrote it saw it. */
  readonly came_to: DefinitionState | DraftState;
}

const read = (file: string): Stored => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Stored;

describe('stored definitions and drafts', () => {
  it('are all here, with every type of event', () => {
    expect(files.sort()).toEqual(['definition.json', 'draft-discarded.json', 'draft-saved.json']);
    const types = files.flatMap((file) => read(file).events.map(({ type }) => type));
    expect([...new Set(types)].sort()).toEqual([
      'DefinitionChanged',
      'DefinitionDeleted',
      'DefinitionPublished',
      'DraftDiscarded',
      'DraftSaved',
    ]);
  });

  it.each(files)('%s folds to what it came to when it was written', (file) => {
    const { events, came_to } = read(file);
    const state = events.reduce<unknown>((before, { type, data, envelope }) => {
      const event: unknown = { type, data: JSON.parse(data) };
      return file.startsWith('draft-')
        ? evolveDraft((before ?? noDraft) as DraftState, event as DraftEvent, envelope.at)
        : evolveDefinition((before ?? unknownDefinition) as DefinitionState, event as DefinitionEvent, envelope.at);
    }, undefined);
    expect(state).toMatchObject(came_to);
  });

  it.each(files)('%s verifies as a chain', async (file) => {
    const { stream, events } = read(file);
    const recorded = events.map((event) => ({ ...event, revision: BigInt(event.revision) }));
    expect(await verifyChain(stream, recorded)).toMatchObject({ valid: true, events: events.length });
  });
});
