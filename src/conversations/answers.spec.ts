import { describe, expect, it, jest } from '@jest/globals';
import { conversationStream, largestInEvent } from '#event-store';
import { answeredFirst } from '../executions/commands/answered-first.js';
import { ada, executionId, talk, TalkUnderTest } from './testing/talk-under-test.js';

const typesIn = async (under: TalkUnderTest) => {
  const types: string[] = [];
  for await (const { type } of under.store.readStream(conversationStream(talk))) types.push(type);
  return types;
};

describe('An answer', () => {
  it('is stored when its execution ends', async () => {
    const under = new TalkUnderTest();
    await under.receive(1);
    await under.accept(1);
    under.answers.heard(await under.complete(1));
    await under.answers.ended(executionId(1));
    expect(await under.said()).toEqual(['user · Question 1 · answered', 'assistant · Answer 1 · ']);
  });

  it('is stored once, however often and by whomever it is looked for', async () => {
    const under = new TalkUnderTest();
    await under.receive(1);
    await under.accept(1);
    const ended = await under.complete(1);
    under.answers.heard(ended);
    await Promise.all([
      under.answers.ended(executionId(1)),
      under.answers.settle('default', talk),
      under.answers.settle('default', talk),
    ]);
    under.answers.heard(ended);
    await under.answers.settle('default', talk);
    expect(await typesIn(under)).toEqual(['ConversationStarted', 'MessageReceived', 'MessageAnswered']);
  });

  it('is found after a crash between the end of the execution and its storing', async () => {
    const under = new TalkUnderTest();
    await under.receive(1);
    await under.accept(1);
    await under.complete(1);
    under.start();
    under.listed = [{ id: talk, tenant: 'default' }];
    await under.answers.sweep();
    expect(await under.said()).toEqual(['user · Question 1 · answered', 'assistant · Answer 1 · ']);
  });

  it('that is still on its way when the process starts is heard of when it comes', async () => {
    const under = new TalkUnderTest();
    await under.receive(1);
    await under.accept(1);
    under.start();
    under.listed = [{ id: talk, tenant: 'default' }];
    await under.answers.sweep();
    expect(await under.said()).toEqual(['user · Question 1 · pending']);
    await under.complete(1);
    await under.answers.ended(executionId(1));
    expect(await under.said()).toHaveLength(2);
  });

  it('too large for an event is kept beside the log, and read back', async () => {
    const under = new TalkUnderTest();
    const long = 'x'.repeat(largestInEvent + 1);
    await under.receive(1, long);
    await under.accept(1);
    await under.complete(1, long);
    const { messages } = (await under.answers.settle('default', talk))!;
    expect(messages.map(({ content }) => content)).toEqual([long, long]);
    for await (const { data } of under.store.readStream(conversationStream(talk)))
      expect(data.length).toBeLessThan(500);
  });

  it.each([
    ['text', 'text'],
    [{ a: 1 }, '{"a":1}'],
    [null, ''],
  ])('of %j is "%s"', async (output, text) => {
    const under = new TalkUnderTest();
    await under.receive(1);
    await under.accept(1);
    await under.complete(1, output);
    expect((await under.answers.settle('default', talk))!.messages[1]!.content).toBe(text);
  });
});

describe('A message without an answer', () => {
  it.each([
    ['ExecutionFailed', { code: 'timeout', message: 'Too slow.' }, { code: 'timeout', message: 'Too slow.' }],
    ['ExecutionCancelled', {}, { code: 'cancelled', message: 'The execution was cancelled.' }],
  ])('has failed where its execution has: %s', async (type, data, failure) => {
    const under = new TalkUnderTest();
    await under.receive(1);
    await under.accept(1);
    await under.happens(1, type, data);
    const { messages } = (await under.answers.settle('default', talk))!;
    expect(messages).toMatchObject([{ answer: 'failed', failure }]);
  });

  it('has failed where no execution comes for it within a minute', async () => {
    const under = new TalkUnderTest();
    await under.receive(1);
    under.time += 60_000;
    await under.answers.settle('default', talk);
    expect(await under.said()).toEqual(['user · Question 1 · pending']);
    under.time += 1;
    const { messages } = (await under.answers.settle('default', talk))!;
    expect(messages).toMatchObject([{ answer: 'failed', failure: { code: 'not_accepted' } }]);
  });

  it('is not answered by an execution of another conversation', async () => {
    const under = new TalkUnderTest();
    await under.receive(1);
    await under.accept(1, null);
    await under.complete(1);
    await under.answers.settle('default', talk);
    expect(await under.said()).toEqual(['user · Question 1 · pending']);
  });
});

describe('A message whose execution is tried once more', () => {
  const failedOnce = async () => {
    const under = new TalkUnderTest();
    await under.receive(1);
    await under.accept(1);
    await under.happens(1, 'ExecutionFailed', { code: 'x', message: 'y' });
    await under.accept(2);
    return under;
  };

  it('is answered by that', async () => {
    const under = await failedOnce();
    await under.answers.retried(executionId(1), executionId(2), ada);
    expect(await under.said()).toEqual(['user · Question 1 · pending']);
    under.answers.heard(await under.complete(2));
    await under.answers.ended(executionId(2));
    expect(await under.said()).toEqual(['user · Question 1 · answered', 'assistant · Answer 2 · ']);
  });

  it('is answered where the new one was faster than we', async () => {
    const under = await failedOnce();
    await under.complete(2);
    await under.answers.retried(executionId(1), executionId(2), ada);
    expect(await under.said()).toHaveLength(2);
  });

  it('is not answered by what somebody else has tried', async () => {
    const under = await failedOnce();
    await under.complete(2);
    await under.answers.retried(executionId(1), executionId(2), { ...ada, sub: 'usr_bob' });
    expect(await under.said()).toEqual(['user · Question 1 · failed']);
  });

  it('is nothing where the execution belongs to no conversation, or that is gone', async () => {
    const under = new TalkUnderTest();
    await under.accept(1, null);
    await under.accept(2, talk);
    await under.answers.retried(executionId(1), executionId(3), ada);
    await under.answers.retried(executionId(2), executionId(3), ada);
    await under.answers.retried(executionId(9), executionId(3), ada);
    expect(under.errors).toEqual([]);
    under.conversations.load = () => Promise.reject(new Error('no'));
    await under.answers.retried(executionId(2), executionId(3), ada);
    expect(under.errors).toEqual(['A further try was not noted in its conversation']);
  });
});

describe('Looking for answers', () => {
  it('goes on behind a conversation that cannot be read', async () => {
    const under = new TalkUnderTest();
    await under.receive(1);
    await under.accept(1);
    await under.complete(1);
    const load = under.conversations.load.bind(under.conversations);
    under.conversations.load = (tenant, id) => (id === 'bad' ? Promise.reject(new Error('no')) : load(tenant, id));
    under.listed = [
      { id: 'bad', tenant: 'default' },
      { id: talk, tenant: 'default' },
    ];
    await under.answers.sweep();
    expect(under.errors).toEqual(['An answer was not stored']);
    expect(await under.said()).toHaveLength(2);
  });

  it('begins with the application and ends with it', async () => {
    jest.useFakeTimers();
    const under = new TalkUnderTest();
    const sweep = jest.spyOn(under.answers, 'sweep').mockRejectedValueOnce(new Error('behind'));
    under.answers.start();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(sweep.mock.calls.length).toBe(3);
    expect(under.errors).toEqual(['Conversations were not swept']);
    under.answers.stop();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(sweep.mock.calls.length).toBe(3);
    jest.useRealTimers();
  });

  it('that fails holds nobody up: whoever looks next finds it', async () => {
    const under = new TalkUnderTest();
    await under.receive(1);
    await under.accept(1);
    await under.complete(1);
    const { tell } = under.conversations;
    under.conversations.tell = () => Promise.reject(new Error('no disk'));
    await under.answers.ended(executionId(1));
    expect(under.errors).toEqual(['An answer was not stored']);
    under.conversations.tell = tell;
    await under.answers.ended(executionId(1));
    expect(await under.said()).toHaveLength(2);
  });

  it('finds nothing in a conversation that is unknown, or of another tenant', async () => {
    const under = new TalkUnderTest();
    await under.receive(1);
    expect(await under.answers.settle('default', executionId(9))).toBeNull();
    expect(await under.answers.settle('other', talk)).toBeNull();
    expect(await under.conversations.find({ ...ada, sub: 'usr_bob' }, talk)).toBeNull();
    expect(await under.conversations.find(ada, talk)).toMatchObject({ owner: 'usr_ada' });
  });
});

describe('Whoever holds the run of a chat', () => {
  const runOf = (success: boolean | null) => ({
    executionId: 'e1',
    replayed: false,
    accepted: async () => 'p',
    settled: async () => ({ success }) as never,
    watch: async () =>
      (async function* () {
        yield { type: 'token' } as never;
        yield { type: 'event', event: { type: 'ExecutionCompleted' } } as never;
      })(),
  });
  const answers = () => {
    const order: string[] = [];
    return { order, ended: async (id: string) => void order.push(`answered ${id}`) };
  };

  it('hears of its end once the answer is stored', async () => {
    const { order, ended } = answers();
    const run = answeredFirst(runOf(true), { ended });
    expect(await run.accepted()).toBe('p');
    await run.settled(0);
    expect(order).toEqual(['answered e1']);
    for await (const frame of await run.watch(new AbortController().signal)) order.push(frame.type);
    expect(order.slice(1)).toEqual(['token', 'answered e1', 'event']);
  });

  it('does not wait for an answer where there is none yet', async () => {
    const { order, ended } = answers();
    await answeredFirst(runOf(null), { ended }).settled(0);
    expect(order).toEqual([]);
  });
});
