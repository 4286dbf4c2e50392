import type { KnownConversation, SaidMessage } from '#engine';
import { idOf, type RecordedEvent } from '#event-store';
import type { ReadModel } from '#read-model';
import type { Caller } from '#runtime';
import { answerOf } from './conversation-ids.js';
import type { Conversations } from './conversations.js';
import type { Outcomes } from './outcomes.js';

export interface AnswersLog {
  error(fields: object, message: string): void;
}

/** After these there is an outcome. */
export const endings = ['ExecutionCompleted', 'ExecutionFailed', 'ExecutionCancelled'];

const byEngine = { sub: 'engine', via: 'engine' } as const;

/** Between a message and its execution lies one append: an execution that is not there after this will never be. */
const notAcceptedAfterMs = 60_000;
const sweepEveryMs = 30_000;

/**
 * Puts the answers of executions into their conversations.
 *
 * 1. What became of a message follows from the log of its execution, whoever looks, and whenever: nothing is lost in a
 *    crash between the two, and the conversation's own rules take an outcome once only.
 * 2. It is looked at when the execution ends; before a conversation is shown, or told to a model; and, for what a process
 *    before this one left, at the start and every 30 seconds.
 */
export class Answers {
  /** Execution → conversation, of messages that await their answer and that this process knows of. */
  private readonly awaited = new Map<string, { readonly tenant: string; readonly conversationId: string }>();
  private sweeping: NodeJS.Timeout | null = null;
  private stopped = false;

  constructor(
    private readonly conversations: Conversations,
    private readonly outcomes: Outcomes,
    private readonly readModel: Pick<ReadModel, 'conversations'>,
    private readonly log: AnswersLog,
  ) {}

  /** From now on the end of this execution is an answer. */
  expect(executionId: string, tenant: string, conversationId: string): void {
    this.awaited.set(executionId, { tenant, conversationId });
  }

  /**
   * A further try of an execution has been accepted: where that was to answer a message and failed, this one does now.
   * Only its owner speaks in a conversation: what somebody else tries again has no place in it. Never rejects.
   */
  async retried(executionId: string, retriedBy: string, { tenant, sub }: Caller): Promise<void> {
    try {
      const id = await this.outcomes.conversationOf(executionId);
      const state = id === null ? null : await this.settle(tenant, id); // the failure comes first
      if (id === null || state?.owner !== sub) return;
      const retried = { execution_id: executionId, retried_by: retriedBy };
      await this.conversations.tell(id, { type: 'Retry', retried }, { tenant, actor: byEngine });
      await this.settle(tenant, id);
    } catch (error) {
      this.log.error({ err: error, execution: retriedBy }, 'A further try was not noted in its conversation');
    }
  }

  /** To be told of what has become durable. */
  heard(events: readonly RecordedEvent[]): void {
    for (const { type, stream } of events) if (endings.includes(type)) void this.ended(idOf(stream));
  }

  /**
   * Resolves once the outcome of this execution stands in its conversation, where it belongs to one and has ended. Never
   * rejects: what could not be stored now is stored by whoever looks next.
   */
  async ended(executionId: string): Promise<void> {
    const awaited = this.awaited.get(executionId);
    if (!awaited) return;
    const { tenant, conversationId } = awaited;
    try {
      const state = await this.conversations.load(tenant, conversationId);
      const message = state?.messages.find((each) => isPending(each) && each.execution_id === executionId);
      if (message) await this.settleOne(tenant, conversationId, message);
      this.awaited.delete(executionId);
    } catch (error) {
      this.log.error({ err: error, execution: executionId }, 'An answer was not stored');
    }
  }

  /** The conversation with every outcome that there is. Null: unknown, deleted, or another tenant's. */
  async settle(tenant: string, id: string): Promise<KnownConversation | null> {
    const state = await this.conversations.load(tenant, id);
    if (!state) return null;
    const pending = state.messages.filter(isPending);
    const changes = await Promise.all(pending.map((message) => this.settleOne(tenant, id, message)));
    return changes.some((changed) => changed) ? this.conversations.load(tenant, id) : state;
  }

  /** Looks now and then for what another process has left. Errors are logged, and it goes on. */
  start(): void {
    const sweep = async (): Promise<void> => {
      await this.sweep().catch((error: unknown) => this.log.error({ err: error }, 'Conversations were not swept'));
      if (!this.stopped) this.sweeping = setTimeout(() => void sweep(), sweepEveryMs).unref();
    };
    void sweep();
  }

  stop(): void {
    this.stopped = true;
    if (this.sweeping) clearTimeout(this.sweeping);
  }

  /** Every conversation with a message that awaits its answer. */
  async sweep(): Promise<void> {
    for (let cursor: string | null = null; !this.stopped;) {
      const page = await this.readModel.conversations.unanswered({ cursor });
      for (const { id, tenant } of page.rows)
        await this.settle(tenant, id).catch((error: unknown) =>
          this.log.error({ err: error, conversation: id }, 'An answer was not stored'),
        );
      cursor = page.next_cursor;
      if (cursor === null) return;
    }
  }

  private async settleOne(tenant: string, id: string, { execution_id, created_at }: SaidMessage): Promise<boolean> {
    this.expect(execution_id, tenant, id); // before it is looked at: what ends meanwhile is heard of
    const outcome = await this.outcomes.of(execution_id, id);
    const by = { tenant, actor: byEngine };
    switch (outcome.type) {
      case 'under_way':
        return false;
      case 'missing': {
        const late = this.conversations.now() - Date.parse(created_at) > notAcceptedAfterMs;
        if (!late) return false;
        const message = 'The message was received, but nothing was started for it. Send it again.';
        await this.conversations.tell(
          id,
          { type: 'Fail', failed: { execution_id, code: 'not_accepted', message } },
          by,
        );
        break;
      }
      case 'failed': {
        const { code, message } = outcome;
        await this.conversations.tell(id, { type: 'Fail', failed: { execution_id, code, message } }, by);
        break;
      }
      case 'answered': {
        const answered = { execution_id, message_id: answerOf(execution_id), message: outcome.text };
        await this.conversations.tell(id, { type: 'Answer', answered }, by);
      }
    }
    this.awaited.delete(execution_id);
    return true;
  }
}

const isPending = ({ answer }: SaidMessage): boolean => answer === 'pending';
