import type { KnownConversation } from '#engine';
import type { StepInvocation } from '#plugin-host';
import { NodeFailure, type ConversationClient, type ConversationMemory, type ConversationMessage } from '#plugin-sdk';
import { prefixed } from '../http/ids.js';
import { storedMessageOf } from './conversation-ids.js';
import type { Conversations } from './conversations.js';
import { before, type Turns } from './turns.js';

/** A summary is renewed once more than these have left the window since the last one. */
export const staleAfter = 4;

type Step = Pick<StepInvocation, 'tenant' | 'conversationId' | 'execution' | 'idempotencyKey' | 'signal'>;

const byEngine = { sub: 'engine', via: 'engine' } as const;
const nothing: ConversationMemory = { messages: [], summary: null, unsummarised: null };

/** The conversation of one step's execution. */
export class StepConversation implements ConversationClient {
  constructor(
    private readonly step: Step,
    private readonly conversations: Conversations,
    private readonly turns: Turns,
  ) {}

  get id(): string | null {
    const { conversationId } = this.step;
    return conversationId === null ? null : prefixed('conv', conversationId);
  }

  async load(options: { readonly window: number; readonly summarize: boolean }): Promise<ConversationMemory> {
    const { conversationId, tenant, signal } = this.step;
    if (conversationId === null) return nothing;
    const turn = { tenant, conversationId, executionId: this.executionId, signal };
    await this.mustBeOwn();
    const state = await this.turns.reached(turn);
    return state ? memoryOf(state, this.executionId, options) : nothing;
  }

  async summarised(message: string, upTo: string): Promise<void> {
    const summarised = { message, up_to: upTo };
    await this.conversations.tell(this.mustHaveOne(), { type: 'Summarise', summarised }, this.by);
  }

  async store(messages: readonly ConversationMessage[]): Promise<void> {
    const { idempotencyKey } = this.step;
    const stored = messages.map(({ role, content }, at) => ({
      message_id: storedMessageOf(idempotencyKey, at),
      execution_id: this.executionId,
      role,
      message: content,
    }));
    const id = this.mustHaveOne();
    await this.mustBeOwn();
    await this.conversations.tell(id, { type: 'Store', stored }, this.by);
  }

  private get by() {
    return { tenant: this.step.tenant, actor: byEngine };
  }

  private get executionId(): string {
    return this.step.execution.id.replace(/^exec_/, '');
  }

  /** Who tries somebody else's execution again does not thereby read what that person has said. */
  private async mustBeOwn(): Promise<void> {
    const { tenant, conversationId, execution } = this.step;
    const state = conversationId === null ? null : await this.conversations.load(tenant, conversationId);
    if (state === null || state.owner === execution.user) return;
    throw new NodeFailure({
      code: 'conversation_not_found',
      message: 'The conversation of this execution belongs to somebody else. Start an execution of your own instead.',
    });
  }

  private mustHaveOne(): string {
    const { conversationId } = this.step;
    if (conversationId !== null) return conversationId;
    throw new NodeFailure({
      code: 'no_conversation',
      message: 'This execution belongs to no conversation. Name one of yours with conversation_id when you execute it.',
    });
  }
}

/**
 * 1. The last `window` messages before the execution's own, an answer behind what it answers.
 * 2. The summary stands for what came before them. What it does not cover yet is given to be summarised once it is more
 *    than `staleAfter` messages.
 */
function memoryOf(
  { messages, summary }: KnownConversation,
  executionId: string,
  { window, summarize }: { readonly window: number; readonly summarize: boolean },
): ConversationMemory {
  const earlier = before(messages, executionId);
  const start = Math.max(earlier.length - window, 0);
  const said = earlier.map(({ role, content }) => ({ role, content }));
  if (!summarize) return { messages: said.slice(start), summary: null, unsummarised: null };
  const covered = summary === null ? 0 : earlier.findIndex(({ id }) => id === summary.upTo) + 1;
  const isStale = start - covered > staleAfter; // rule 2
  return {
    messages: said.slice(start),
    summary: start === 0 ? null : (summary?.text ?? null),
    unsummarised: isStale ? { messages: said.slice(covered, start), upTo: earlier[start - 1]!.id } : null,
  };
}
