import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { evolveConversation, unknownConversation, type ConversationEvent, type ConversationState } from '#engine';
import { verifyChain, type RecordedEvent } from '#event-store';

/** Kept for ever: new rules must still read what old ones wrote. A file is added, and never changed. */
const folder = new URL('./conversations/', import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith('.json'));

interface Stored {
  readonly stream: string;
  readonly events: readonly (Omit<RecordedEvent, 'revision'> & { readonly revision: number })[];
  /** The fold, as the version that wrote it saw it. */
  readonly came_to: ConversationState;
}

const read = (file: string): Stored => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Stored;

describe('stored conversations', () => {
  it('are all here, with every type of event', () => {
    expect(files.sort()).toEqual(['deleted.json', 'talk.json']);
    const types = files.flatMap((file) => read(file).events.map(({ type }) => type));
    expect([...new Set(types)].sort()).toEqual([
      'ConversationDeleted',
      'ConversationStarted',
      'ConversationSummarised',
      'MessageAnswered',
      'MessageFailed',
      'MessageReceived',
      'MessageRetried',
      'MessageStored',
    ]);
  });

  it.each(files)('%s folds to what it came to when it was written', (file) => {
    const { events, came_to } = read(file);
    const state = events.reduce<ConversationState>((before, { type, data, envelope }) => {
      const event = { type, data: JSON.parse(data) as unknown } as ConversationEvent;
      return evolveConversation(before, event, envelope.at);
    }, unknownConversation);
    expect(state).toMatchObject(came_to);
  });

  it.each(files)('%s verifies as a chain', async (file) => {
    const { stream, events } = read(file);
    const recorded = events.map((event) => ({ ...event, revision: BigInt(event.revision) }));
    expect(await verifyChain(stream, recorded)).toMatchObject({ valid: true, events: events.length });
  });
});
