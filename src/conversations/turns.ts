import type { KnownConversation, SaidMessage } from '#engine';
import type { Answers } from './answers.js';
import type { Conversations } from './conversations.js';
import type { Outcomes } from './outcomes.js';

/** One execution in its conversation. */
export interface Turn {
  readonly tenant: string;
  readonly conversationId: string;
  readonly executionId: string;
  readonly signal: AbortSignal;
}

/** A message is waited for this long; then the next one goes on without its answer. */
const patienceMs = 120_000;
/** Between a message and its execution lies one append: one without an execution is waited for this long only. */
const acceptanceMs = 10_000;
/** What other processes change is looked for this often. */
const lookEveryMs = 1_000;

/**
 * Messages of one conversation are answered one after the other.
 *
 * 1. A message waits for those that were received before it, never for a later one: nobody waits for each other.
 * 2. It waits until each of them is answered, has failed, or has no execution; and never longer than two minutes.
 * 3. Its own end (cancel, time-out, shutdown) ends the waiting.
 */
export class Turns {
  constructor(
    private readonly conversations: Conversations,
    private readonly answers: Answers,
    private readonly outcomes: Outcomes,
  ) {}

  /** The conversation once it is this execution's turn; null: it is there no more. Rejects with the signal's reason. */
  async reached(turn: Turn): Promise<KnownConversation | null> {
    const { tenant, conversationId, signal } = turn;
    const until = this.conversations.now() + patienceMs;
    for (let mayBeBehind = true; ;) {
      signal.throwIfAborted(); // rule 3
      const change = this.nextChange(conversationId, signal);
      try {
        const state = mayBeBehind
          ? await this.answers.settle(tenant, conversationId)
          : await this.conversations.load(tenant, conversationId);
        if (!state || this.conversations.now() >= until || !(await this.mustWait(state, turn))) return state;
        mayBeBehind = (await change.happened) === 'nothing'; // what this process does, it hears of
      } finally {
        change.stop();
      }
    }
  }

  private async mustWait({ messages }: KnownConversation, turn: Turn): Promise<boolean> {
    for (const message of before(messages, turn.executionId)) if (await this.isExpected(message, turn)) return true;
    return false;
  }

  /** Rule 2. */
  private async isExpected(message: SaidMessage, { conversationId }: Turn): Promise<boolean> {
    if (message.answer !== 'pending') return false;
    if (this.conversations.now() - Date.parse(message.created_at) < acceptanceMs) return true;
    return (await this.outcomes.of(message.execution_id, conversationId)).type !== 'missing';
  }

  private nextChange(
    id: string,
    signal: AbortSignal,
  ): { readonly happened: Promise<'change' | 'nothing'>; stop(): void } {
    let stop = (): void => undefined;
    const happened = new Promise<'change' | 'nothing'>((resolve) => {
      const timer = setTimeout(() => resolve('nothing'), lookEveryMs);
      const unlisten = this.conversations.listen(id, () => resolve('change'));
      const aborted = (): void => resolve('change');
      signal.addEventListener('abort', aborted, { once: true });
      stop = () => {
        clearTimeout(timer);
        unlisten();
        signal.removeEventListener('abort', aborted);
      };
    });
    return { happened, stop: () => stop() };
  }
}

/** What was said before the message that this execution answers; for one that answers none, all. */
export function before(messages: readonly SaidMessage[], executionId: string): readonly SaidMessage[] {
  const own = messages.findIndex(({ role, answer, execution_id }) => {
    return role === 'user' && answer !== null && execution_id === executionId;
  });
  return own === -1 ? messages : messages.slice(0, own);
}
