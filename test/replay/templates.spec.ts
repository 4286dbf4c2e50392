import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { evolveTemplate, unknownTemplate, type TemplateEvent, type TemplateState } from '#engine';
import { verifyChain, type RecordedEvent } from '#event-store';

/** Kept for ever: new rules must still read what old ones wrote. A file is added, and never changed. */
const folder = new URL('./templates/', import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith('.json'));

interface Stored {
  readonly stream: string;
  readonly events: readonly (Omit<RecordedEvent, 'revision'> & { readonly revision: number })[];
  /** The fold, as the version that wrote it saw it. */
  readonly came_to: TemplateState;
}

const read = (file: string): Stored => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Stored;

describe('stored templates', () => {
  it('are all here, with every type of event', () => {
    expect(files.sort()).toEqual(['changed-and-deleted.json']);
    const types = files.flatMap((file) => read(file).events.map(({ type }) => type));
    expect([...new Set(types)].sort()).toEqual(['TemplateDeleted', 'TemplateSaved']);
  });

  it.each(files)('%s folds to what it came to when it was written', (file) => {
    const { events, came_to } = read(file);
    const state = events.reduce<TemplateState>((before, { type, data, envelope }) => {
      const event = { type, data: JSON.parse(data) as unknown } as TemplateEvent;
      return evolveTemplate(before, event, envelope.at);
    }, unknownTemplate);
    expect(state).toMatchObject(came_to);
  });

  it.each(files)('%s verifies as a chain', async (file) => {
    const { stream, events } = read(file);
    const recorded = events.map((event) => ({ ...event, revision: BigInt(event.revision) }));
    expect(await verifyChain(stream, recorded)).toMatchObject({ valid: true, events: events.length });
  });
});
