import { describe, expect, it } from '@jest/globals';
import { Refusal } from '../execution/refusal.js';
import type { ConversationEvent } from './conversation.events.js';
import {
  decideConversation,
  evolveConversation,
  mostCharacters,
  mostMessages,
  mostPending,
  unknownConversation,
  type ConversationCommand,
  type ConversationState,
  type KnownConversation,
} from './conversation.decider.js';

const noon = '2026-01-01T12:00:00.000Z';
const started: ConversationEvent = { type: 'ConversationStarted', data: { owner: 'usr_1' } };
const received = (n: number): ConversationEvent => ({
  type: 'MessageReceived',
  data: { message_id: `q${n}`, execution_id: `e${n}`, message: `Question ${n}` },
});
const answered = (n: number, message = `Answer ${n}`): ConversationEvent => ({
  type: 'MessageAnswered',
  data: { message_id: `a${n}`, execution_id: `e${n}`, message },
});
const failed = (n: number): ConversationEvent => ({
  type: 'MessageFailed',
  data: { execution_id: `e${n}`, code: 'timeout', message: 'Too slow.' },
});
const retried = (n: number): ConversationEvent => ({
  type: 'MessageRetried',
  data: { execution_id: `e${n}`, retried_by: `e${n}0` },
});
const stored = (id: string): ConversationEvent => ({
  type: 'MessageStored',
  data: { message_id: id, execution_id: 'e9', role: 'assistant', message: 'By the way' },
});
const summarised = (upTo: string): ConversationEvent => ({
  type: 'ConversationSummarised',
  data: { up_to: upTo, message: 'In short' },
});
const deleted: ConversationEvent = { type: 'ConversationDeleted', data: {} };

const dataOf = <T extends ConversationEvent['type']>(event: ConversationEvent) =>
  event.data as Extract<ConversationEvent, { type: T }>['data'];
const receive = (n: number, more: { by?: string; starts?: boolean } = {}): ConversationCommand => ({
  type: 'Receive',
  by: 'usr_1',
  starts: false,
  received: dataOf<'MessageReceived'>(received(n)),
  ...more,
});
const answer = (n: number, message?: string): ConversationCommand => ({
  type: 'Answer',
  answered: dataOf<'MessageAnswered'>(answered(n, message)),
});
const fail = (n: number): ConversationCommand => ({ type: 'Fail', failed: dataOf<'MessageFailed'>(failed(n)) });
const retry = (n: number): ConversationCommand => ({ type: 'Retry', retried: dataOf<'MessageRetried'>(retried(n)) });
const store = (...ids: string[]): ConversationCommand => ({
  type: 'Store',
  stored: ids.map((id) => dataOf<'MessageStored'>(stored(id))),
});
const summarise = (upTo: string): ConversationCommand => ({
  type: 'Summarise',
  summarised: dataOf<'ConversationSummarised'>(summarised(upTo)),
});

const stateAfter = (...history: readonly ConversationEvent[]): ConversationState =>
  history.reduce((before, event) => evolveConversation(before, event, noon), unknownConversation);
const given = (...history: readonly ConversationEvent[]) => ({
  when: (command: ConversationCommand) => ({
    then: (...events: readonly ConversationEvent[]) =>
      expect(decideConversation(stateAfter(...history), command)).toEqual(events),
    isRefused: (code: string) =>
      expect(() => decideConversation(stateAfter(...history), command)).toThrow(
        expect.objectContaining({ code, constructor: Refusal }),
      ),
  }),
  said: () =>
    (stateAfter(...history) as KnownConversation).messages.map(({ role, content, answer: outcome }) =>
      [role, content, outcome].join(' · '),
    ),
});

describe('A message', () => {
  it('begins a conversation, or goes on with one', () => {
    given()
      .when(receive(1, { starts: true }))
      .then(started, received(1));
    given(started, received(1)).when(receive(2)).then(received(2));
  });

  it('does not begin one where another was meant', () => given().when(receive(1)).isRefused('conversation_not_found'));

  it('comes from the owner only', () => {
    given(started)
      .when(receive(1, { by: 'usr_2' }))
      .isRefused('conversation_not_found');
    given(started).when({ type: 'Delete', by: 'usr_2' }).isRefused('conversation_not_found');
  });

  it('that comes again for its execution changes nothing', () => {
    given(started, received(1))
      .when(receive(1, { starts: true }))
      .then();
    given(started, received(1), answered(1)).when(receive(1)).then();
  });

  it('is answered once', () => {
    given(started, received(1)).when(answer(1)).then(answered(1));
    given(started, received(1), answered(1)).when(answer(1, 'Another one')).then();
    given(started, received(1), answered(1)).when(fail(1)).then();
  });

  it('fails once', () => {
    given(started, received(1)).when(fail(1)).then(failed(1));
    given(started, received(1), failed(1)).when(fail(1)).then();
    given(started, received(1), failed(1)).when(answer(1)).then();
  });

  it('that failed is open again when it is tried once more', () => {
    given(started, received(1), failed(1)).when(retry(1)).then(retried(1));
    given(started, received(1), failed(1), retried(1)).when(retry(1)).then();
    given(started, received(1), failed(1), retried(1)).when(answer(10)).then(answered(10));
    given(started, received(1), failed(1), retried(1)).when(answer(1)).then();
    given(started, received(1), failed(1), retried(1), failed(10)).when(retry(10)).then(retried(10));
    given(started, received(1), failed(1), retried(1)).when(receive(1)).then();
    expect(given(started, received(1), failed(1), retried(1), received(2), answered(10)).said()).toEqual([
      'user · Question 1 · answered',
      'assistant · Answer 10 · ',
      'user · Question 2 · pending',
    ]);
    const { messages } = stateAfter(started, received(1), failed(1), retried(1)) as KnownConversation;
    expect(messages).toMatchObject([{ execution_id: 'e10', tried: ['e1'], failure: null }]);
  });

  it('that was answered stays so, whoever tries it once more', () => {
    given(started, received(1), answered(1)).when(retry(1)).then();
    given(started, received(1)).when(retry(1)).then();
    given().when(retry(1)).then();
  });

  it('that nobody has sent is not answered', () => {
    given(started).when(answer(1)).then();
    given().when(answer(1)).then();
  });

  it('has its answer behind it, whichever comes first', () => {
    expect(given(started, received(1), received(2), answered(2), failed(1), received(3), answered(3)).said()).toEqual([
      'user · Question 1 · failed',
      'user · Question 2 · answered',
      'assistant · Answer 2 · ',
      'user · Question 3 · answered',
      'assistant · Answer 3 · ',
    ]);
  });

  it('that would be one too many is refused', () => {
    const full = { ...(stateAfter(started, received(1), answered(1)) as KnownConversation) };
    const messages = Array.from({ length: mostMessages - 1 }, () => full.messages[0]!);
    expect(() => decideConversation({ ...full, messages }, receive(2))).toThrow(
      expect.objectContaining({ code: 'conversation_full' }),
    );
    expect(decideConversation({ ...full, messages: messages.slice(1) }, receive(2))).toHaveLength(1);
  });

  it('behind too many that await their answers is refused', () => {
    const asked = Array.from({ length: mostPending }, (_, n) => received(n));
    given(started, ...asked)
      .when(receive(mostPending))
      .isRefused('conversation_busy');
    given(started, ...asked, answered(0))
      .when(receive(mostPending))
      .then(received(mostPending));
  });

  it('behind too much text is refused', () => {
    const long = answered(1, 'x'.repeat(mostCharacters - 'Question 1'.length));
    given(started, received(1), long).when(receive(2)).isRefused('conversation_full');
    given(started, received(1), long).when(store('s1')).isRefused('conversation_full');
    given(started, received(1), answered(1, 'x'.repeat(mostCharacters - 11)))
      .when(receive(2))
      .then(received(2));
  });
});

describe('What a workflow stores', () => {
  it('stands behind all that was said, each of it once', () => {
    given(started, stored('s1')).when(store('s1', 's2')).then(stored('s2'));
    expect(given(started, received(1), stored('s1')).said()).toEqual([
      'user · Question 1 · pending',
      'assistant · By the way · ',
    ]);
  });

  it('is let go where the conversation is gone', () => given(started, deleted).when(store('s1')).then());
});

describe('A summary', () => {
  it('takes the place of one that covers less, and of no other', () => {
    const history = [started, received(1), answered(1), received(2)];
    given(...history)
      .when(summarise('a1'))
      .then(summarised('a1'));
    given(...history, summarised('q1'))
      .when(summarise('a1'))
      .then(summarised('a1'));
    given(...history, summarised('a1'))
      .when(summarise('a1'))
      .then();
    given(...history, summarised('a1'))
      .when(summarise('q1'))
      .then();
  });

  it('of what was not said is none', () => {
    given(started).when(summarise('q1')).then();
    given().when(summarise('q1')).then();
  });

  it('is there, and no change of the conversation', () => {
    const before = stateAfter(started, received(1)) as KnownConversation;
    const after = evolveConversation(before, summarised('q1'), '2026-01-02T00:00:00.000Z') as KnownConversation;
    expect(after).toEqual({ ...before, summary: { text: 'In short', upTo: 'q1' } });
  });
});

describe('A deleted conversation', () => {
  it('holds nothing, and takes nothing more', () => {
    given(started, received(1)).when({ type: 'Delete', by: 'usr_1' }).then(deleted);
    expect(stateAfter(started, received(1), deleted)).toMatchObject({ status: 'deleted', messages: [], summary: null });
    given(started, received(1), deleted).when(receive(2)).isRefused('conversation_not_found');
    given(started, received(1), deleted)
      .when(receive(2, { starts: true }))
      .isRefused('conversation_not_found');
    given(started, received(1), deleted).when(answer(1)).then();
    given(started, deleted).when({ type: 'Delete', by: 'usr_1' }).isRefused('conversation_not_found');
  });
});

it('what comes before the beginning of a conversation is nothing', () => {
  expect(stateAfter(received(1))).toEqual(unknownConversation);
});
