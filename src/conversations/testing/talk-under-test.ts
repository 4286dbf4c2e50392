import type { KnownConversation } from '#engine';
import { executionStream, genesis, MemoryEventStore, seal, type RecordedEvent } from '#event-store';
import type { ExecutionRequest } from '#runtime';
import { Answers } from '../answers.js';
import { Chats } from '../chats.js';
import { conversationOf } from '../conversation-ids.js';
import { Conversations } from '../conversations.js';
import { Outcomes } from '../outcomes.js';
import { StepConversation } from '../step-conversation.js';
import { Turns } from '../turns.js';

export const ada = { sub: 'usr_ada', tenant: 'default', via: 'session' } as const;

/** The id of the n-th execution, or of the conversation that it has begun. */
export const executionId = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
export const talk = conversationOf(executionId(1));

/** Conversations over a log in memory, with executions that are only what a test writes of them. */
export class TalkUnderTest {
  readonly store = new MemoryEventStore();
  time = Date.parse('2026-01-01T12:00:00.000Z');
  /** What the read model would say. */
  listed: { id: string; tenant: string }[] = [];
  readonly errors: string[] = [];
  conversations!: Conversations;
  answers!: Answers;
  chats!: Chats;
  turns!: Turns;

  constructor() {
    this.start();
  }

  /** Another process over the same log: what the first had in memory is gone. */
  start(): void {
    const { store } = this;
    const outcomes = new Outcomes(store, store.payloads);
    this.conversations = new Conversations(store, store.payloads, () => this.time);
    const unanswered = async () => ({ rows: this.listed, total_count: null, next_cursor: null });
    const readModel = { conversations: { unanswered } } as unknown as ConstructorParameters<typeof Answers>[2];
    const log = { error: (_: object, message: string) => void this.errors.push(message) };
    this.answers = new Answers(this.conversations, outcomes, readModel, log);
    this.turns = new Turns(this.conversations, this.answers, outcomes);
    this.chats = new Chats(this.conversations, this.answers);
  }

  /** The n-th message is received; the first begins the conversation. */
  async receive(n: number, message = `Question ${n}`, more: Partial<ExecutionRequest> = {}) {
    const named = n === 1 ? {} : { conversation_id: talk };
    return this.chats.open({ workflow_type: 'chat', message, ...named, ...more }, ada, executionId(n));
  }

  /** The n-th execution is accepted. */
  accept(n: number, conversation: string | null = talk): Promise<readonly RecordedEvent[]> {
    const data = conversation === null ? {} : { conversation_id: conversation };
    return this.happens(n, 'ExecutionAccepted', data);
  }

  complete(n: number, output: unknown = `Answer ${n}`): Promise<readonly RecordedEvent[]> {
    return this.happens(n, 'ExecutionCompleted', { output });
  }

  async happens(n: number, type: string, data: object): Promise<readonly RecordedEvent[]> {
    const stream = executionStream(executionId(n));
    const before: RecordedEvent[] = [];
    for await (const event of this.store.readStream(stream)) before.push(event);
    const prev = before.at(-1);
    const revision = BigInt(before.length);
    const sealed = seal({
      stream,
      revision,
      prev: prev?.envelope.hash ?? genesis(stream),
      id: `${n}-${revision}`,
      type,
      schema: 1,
      data,
      tenant: 'default',
      at: new Date(this.time).toISOString(),
      actor: { sub: 'engine', via: 'engine' },
      causationId: 'c',
      correlationId: 'c',
    });
    const { position } = await this.store.append(stream, prev ? revision - 1n : 'no_stream', [sealed]);
    return [{ ...sealed, stream, revision, position }];
  }

  /** The n-th execution's step. */
  step(
    n: number,
    { conversationId = talk as string | null, signal = new AbortController().signal, user = ada.sub as string } = {},
  ) {
    const execution = { id: `exec_${executionId(n)}`, type: 'chat', user, started_at: '' };
    const idempotencyKey = `${executionId(n)}/memory`;
    const step = { tenant: 'default', conversationId, execution, idempotencyKey, signal };
    return new StepConversation(step, this.conversations, this.turns);
  }

  async state(): Promise<KnownConversation> {
    return (await this.conversations.load('default', talk))!;
  }

  async said(): Promise<string[]> {
    return (await this.state()).messages.map(({ role, content, answer }) => [role, content, answer].join(' · '));
  }
}
