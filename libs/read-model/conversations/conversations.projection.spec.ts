import { describe, it } from '@jest/globals';
import { specification } from '../testing/specification.js';
import { conversations, type ConversationFact } from './conversations.projection.js';

const given = specification(conversations, 'c1');
const started: ConversationFact = { type: 'ConversationStarted', data: { owner: 'usr_ada' } };
const received = (message: unknown): ConversationFact => ({ type: 'MessageReceived', data: { message } });
const answered: ConversationFact = { type: 'MessageAnswered', data: {} };
const failed: ConversationFact = { type: 'MessageFailed', data: {} };
const retried: ConversationFact = { type: 'MessageRetried', data: {} };
const stored: ConversationFact = { type: 'MessageStored', data: {} };
const deleted: ConversationFact = { type: 'ConversationDeleted', data: {} };

describe('the list of conversations', () => {
  it('shows whose it is, how it begins, and how much was said', () => {
    given(started, received('Where do\n penguins live?'), answered, received('Why?')).thenRow({
      id: 'c1',
      tenant: 'default',
      owner_id: 'usr_ada',
      title: 'Where do penguins live?',
      message_count: 3,
      unanswered: 1,
      created_at: '2026-01-31T12:00:00.000Z',
      updated_at: '2026-01-31T12:03:00.000Z',
      deleted: 0,
      search: 'c1\nwhere do penguins live?',
      position: '4',
    });
  });

  it('counts no failure, but what a workflow has stored', () => {
    given(started, received('Hi'), failed).then({ message_count: 1, unanswered: 0 });
    given(started, received('Hi'), failed, retried).then({ message_count: 1, unanswered: 1 });
    given(started, received('Hi'), stored).then({ message_count: 2, unanswered: 1 });
  });

  it('cuts a long title, and takes none of what is kept elsewhere', () => {
    given(started, received('x'.repeat(500))).then({ title: 'x'.repeat(80) });
    given(started, received({ $ref: { sha256: 'a' } })).then({ title: null });
    given(started, received('  '), received('Second')).then({ title: 'Second' });
  });

  it('forgets what was said in one that is deleted', () => {
    given(started, received('Secret'), deleted).then({ deleted: 1, title: null, search: '', unanswered: 0 });
  });

  it('refuses a stream that does not begin with a conversation', () => {
    given(answered).thenRefused('does not begin with ConversationStarted');
  });
});
