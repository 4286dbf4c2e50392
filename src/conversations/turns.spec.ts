import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ada, executionId, talk, TalkUnderTest } from './testing/talk-under-test.js';

const all = { window: 10, summarize: false };
const contents = async (loading: Promise<{ readonly messages: readonly { readonly content: string }[] }>) =>
  (await loading).messages.map(({ content }) => content);

/** Whether it has come so far, once everything that can happen by itself has happened. */
async function isDone(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  const mark = () => void (done = true);
  promise.then(mark, mark);
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  return done;
}

async function twoMessages(): Promise<TalkUnderTest> {
  const under = new TalkUnderTest();
  for (const n of [1, 2]) {
    await under.receive(n);
    await under.accept(n);
  }
  return under;
}

describe('Messages of one conversation', () => {
  it('come one after the other: the second is told the answer to the first', async () => {
    const under = await twoMessages();
    expect(await contents(under.step(1).load(all))).toEqual([]);
    const second = under.step(2).load(all);
    expect(await isDone(second)).toBe(false);
    under.answers.heard(await under.complete(1));
    expect(await contents(second)).toEqual(['Question 1', 'Answer 1']);
  });

  it('go on behind one that failed', async () => {
    const under = await twoMessages();
    const second = under.step(2).load(all);
    under.answers.heard(await under.happens(1, 'ExecutionFailed', { code: 'x', message: 'y' }));
    expect(await contents(second)).toEqual(['Question 1']);
  });

  it('go on behind an end that nobody in this process has heard of', async () => {
    const under = await twoMessages();
    await under.complete(1);
    under.start();
    expect(await contents(under.step(2).load(all))).toEqual(['Question 1', 'Answer 1']);
  });

  it('wait a moment for one whose execution is not there yet, and no longer', async () => {
    const under = new TalkUnderTest();
    await under.receive(1);
    await under.receive(2);
    await under.accept(2);
    const second = under.step(2).load(all);
    expect(await isDone(second)).toBe(false);
    under.time += 10_000;
    await under.step(2).store([]);
    await under.receive(3); // whatever changes: it is looked at again
    expect(await contents(second)).toEqual(['Question 1']);
  });

  it('wait two minutes for an answer, and no longer', async () => {
    const under = await twoMessages();
    const second = under.step(2).load(all);
    expect(await isDone(second)).toBe(false);
    under.time += 120_000;
    await under.receive(3);
    expect(await contents(second)).toEqual(['Question 1']);
  });

  it('never wait for a later one', async () => {
    const under = await twoMessages();
    expect(await contents(under.step(1).load(all))).toEqual([]);
  });

  it('wait no more when their own run is cancelled', async () => {
    const under = await twoMessages();
    const controller = new AbortController();
    const second = under.step(2, { signal: controller.signal }).load(all);
    expect(await isDone(second)).toBe(false);
    controller.abort(new Error('cancelled'));
    await expect(second).rejects.toThrow('cancelled');
  });

  it('are seen within a second where another process has written', async () => {
    const under = await twoMessages();
    const second = under.step(2).load(all);
    await isDone(second);
    await under.complete(1); // nothing in this process is told
    expect(await contents(second)).toEqual(['Question 1', 'Answer 1']);
  });

  it('are nothing in a conversation that was deleted meanwhile', async () => {
    const under = await twoMessages();
    const by = { tenant: 'default', actor: { sub: ada.sub, via: ada.via } };
    await under.conversations.tell(talk, { type: 'Delete', by: ada.sub }, by);
    expect(await under.step(2).load(all)).toEqual({ messages: [], summary: null, unsummarised: null });
  });

  it('are recorded in the order in which they were received, however many come at once', async () => {
    const under = new TalkUnderTest();
    await under.receive(1);
    await Promise.all(Array.from({ length: 20 }, (_, n) => under.receive(n + 2)));
    const { messages } = await under.state();
    expect(messages.map(({ execution_id }) => execution_id)).toEqual(
      Array.from({ length: 21 }, (_, n) => executionId(n + 1)),
    );
  });
});

it('However messages and ends follow each other, each message is told every answer before it', async () => {
  const orders = fc.shuffledSubarray([1, 2, 3, 4, 5], { minLength: 5 });
  let tried = 0;
  await fc.assert(
    fc.asyncProperty(orders, fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }), async (order, fails) => {
      const under = new TalkUnderTest();
      for (const n of [1, 2, 3, 4, 5]) {
        await under.receive(n);
        await under.accept(n);
      }
      const loading = [1, 2, 3, 4, 5].map((n) => contents(under.step(n).load(all)));
      for (const n of order) {
        const failed = { code: 'x', message: 'y' };
        under.answers.heard(await (fails[n - 1] ? under.happens(n, 'ExecutionFailed', failed) : under.complete(n)));
      }
      const said = [1, 2, 3, 4, 5].flatMap((n) =>
        fails[n - 1] ? [`Question ${n}`] : [`Question ${n}`, `Answer ${n}`],
      );
      const loaded = await Promise.all(loading);
      loaded.forEach((told, at) => expect(told).toEqual(said.slice(0, said.indexOf(`Question ${at + 1}`))));
      tried += 1;
    }),
    { numRuns: 60 },
  );
  expect(tried).toBe(60);
}, 60_000);

describe('The memory of a step', () => {
  async function answered(count: number): Promise<TalkUnderTest> {
    const under = new TalkUnderTest();
    for (let n = 1; n <= count; n += 1) {
      await under.receive(n);
      await under.accept(n);
      await under.complete(n);
    }
    await under.receive(count + 1);
    await under.accept(count + 1);
    return under;
  }

  it('is the last messages before its own', async () => {
    const under = await answered(3);
    expect(await contents(under.step(4).load({ window: 3, summarize: false }))).toEqual([
      'Answer 2',
      'Question 3',
      'Answer 3',
    ]);
    expect(await contents(under.step(4).load({ window: 0, summarize: false }))).toEqual([]);
  });

  it('lacks a summary once more than four messages have left the window', async () => {
    const under = await answered(4);
    const fresh = await under.step(5).load({ window: 4, summarize: true });
    expect(fresh).toMatchObject({ summary: null, unsummarised: null });
    const stale = await under.step(5).load({ window: 3, summarize: true });
    expect(stale).toMatchObject({ summary: null, unsummarised: { upTo: expect.any(String) } });
    expect(stale.unsummarised!.messages.map(({ content }) => content)).toEqual([
      'Question 1',
      'Answer 1',
      'Question 2',
      'Answer 2',
      'Question 3',
    ]);
  });

  it('has the summary that was kept, until that is stale in its turn', async () => {
    const under = await answered(4);
    const { unsummarised } = await under.step(5).load({ window: 3, summarize: true });
    await under.step(5).summarised('In short.', unsummarised!.upTo);
    expect(await under.step(5).load({ window: 3, summarize: true })).toMatchObject({
      summary: 'In short.',
      unsummarised: null,
    });
    for (const n of [5, 6, 7]) {
      await under.receive(n + 1);
      await under.accept(n + 1);
      await under.complete(n);
    }
    const stale = await under.step(8).load({ window: 3, summarize: true });
    expect(stale).toMatchObject({ summary: 'In short.' });
    expect(stale.unsummarised!.messages[0]!.content).toBe('Answer 3');
    expect((await under.step(8).load({ window: 100, summarize: true })).summary).toBeNull();
    expect((await under.step(8).load({ window: 3, summarize: false })).summary).toBeNull();
  });

  it('stores messages once, also where the step is tried again', async () => {
    const under = await answered(0);
    const messages = [{ role: 'assistant', content: 'By the way' }] as const;
    await under.step(1).store(messages);
    await under.step(1).store(messages);
    expect(await under.said()).toEqual(['user · Question 1 · pending', 'assistant · By the way · ']);
  });

  it('is nothing without a conversation, and stores nothing', async () => {
    const step = new TalkUnderTest().step(1, { conversationId: null });
    expect(step.id).toBeNull();
    expect(await step.load(all)).toEqual({ messages: [], summary: null, unsummarised: null });
    await expect(step.store([])).rejects.toMatchObject({ code: 'no_conversation' });
    expect(new TalkUnderTest().step(1).id).toBe(`conv_${talk}`);
  });

  it('is closed to an execution of somebody else', async () => {
    const under = await answered(1);
    const step = under.step(9, { user: 'usr_bob' });
    await expect(step.load(all)).rejects.toMatchObject({ code: 'conversation_not_found' });
    await expect(step.store([])).rejects.toMatchObject({ code: 'conversation_not_found' });
  });

  it('of an execution that answers no message is all that was said', async () => {
    const under = await answered(1);
    await under.complete(2);
    expect(await contents(under.step(9).load(all))).toEqual(['Question 1', 'Answer 1', 'Question 2', 'Answer 2']);
  });
});

describe('A chat request', () => {
  it('gives its execution the message, and what else it brings', async () => {
    const under = new TalkUnderTest();
    const { conversationId, input } = await under.receive(1, 'Hi', {
      input_data: { query: 'q', message: 'm', more: 1 },
    });
    expect([conversationId, input]).toEqual([talk, { query: 'q', message: 'Hi', more: 1 }]);
    const said = await under.receive(2, null as never, { input_data: { message: 'From the input' } });
    expect(said.input).toEqual({ message: 'From the input', query: 'From the input' });
  });

  it('without a message is refused', async () => {
    const under = new TalkUnderTest();
    await expect(under.receive(1, '')).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('in an unknown conversation is refused, and recorded nowhere', async () => {
    const under = new TalkUnderTest();
    await expect(under.receive(2)).rejects.toMatchObject({ code: 'conversation_not_found' });
    expect(await under.store.head()).toBeNull();
  });
});
