import { referredPayloads } from '#engine';
import {
  conversationStream,
  executionStream,
  idOf,
  verifyChain,
  type EventStore,
  type PayloadStore,
  type RecordedEvent,
} from '#event-store';
import type { JsonObject } from '#plugin-sdk';
import type { HistoryToArchive } from './archive-file.js';
import { readEvent, type Fact } from './read-event.js';

/** The events that end an execution. */
const endings = ['ExecutionCompleted', 'ExecutionFailed', 'ExecutionCancelled'];
const settled = ['MessageAnswered', 'MessageFailed', 'MessageRetried', 'ConversationDeleted'];

export interface Closed extends HistoryToArchive {
  /** RFC 3339, UTC, ms. */
  readonly endedAt: string;
}

/** Why one that has ended is left in the log. */
export interface LeftAlone {
  readonly id: string;
  readonly why: string;
}

/** Executions that are over, as they are to be archived. */
export class ClosedExecutions {
  /** Conversation → executions whose answer it has. */
  private readonly answered = new Map<string, ReadonlySet<string>>();

  constructor(
    private readonly store: EventStore,
    private readonly payloads: PayloadStore,
  ) {}

  /** UUIDs of those that ended before a moment, in the order of their ends; also of some that are archived already. */
  async endedBefore(moment: string): Promise<readonly string[]> {
    const ids: string[] = [];
    for await (const { stream, envelope } of this.store.readAll({ categories: ['execution'], types: endings }))
      if (envelope.at < moment) ids.push(idOf(stream));
    return ids;
  }

  /**
   * 1. A history that is damaged stays where it is: it is evidence, and a backup may mend it. So does one that this version cannot read.
   * 2. So does one that others still wait for: its parent, or the conversation that it answers.
   * 3. One that is gone is none: EventStoreDB goes on giving its events in the whole log, until it clears up.
   */
  async find(id: string): Promise<Closed | LeftAlone | null> {
    const history = await all(this.store.readStream(executionStream(id)));
    if (history.length === 0) return null; // rule 3
    const { valid, first_bad, head } = await verifyChain(executionStream(id), history);
    if (!valid) return { id, why: `its chain is broken at event ${first_bad!.revision} (${first_bad!.reason})` }; // rule 1
    const facts = readAll(history);
    if (typeof facts === 'string') return { id, why: facts }; // rule 1
    const waiting = await this.whoWaits(id, facts[0]!.data); // rule 2
    if (waiting !== null) return { id, why: waiting };
    const { tenant } = history[0]!.envelope;
    const payloads: { sha256: string; bytes: Uint8Array }[] = [];
    for (const sha256 of new Set(facts.flatMap(({ type, data }) => referredPayloads(type, data)))) {
      const bytes = await this.payloads.get(tenant, sha256);
      if (!bytes) return { id, why: `the stored value ${sha256} is missing` }; // rule 1
      payloads.push({ sha256, bytes });
    }
    const endedAt = history.findLast(({ type }) => endings.includes(type))!.envelope.at;
    return { id, tenant, events: history.length, head: head!, history, payloads, endedAt };
  }

  private async whoWaits(id: string, accepted: JsonObject): Promise<string | null> {
    const parent = (accepted['parent'] as { readonly execution_id: string } | undefined)?.execution_id;
    if (parent !== undefined && (await this.isOpen(parent))) return `its parent ${parent} has not ended`;
    const conversation = accepted['conversation_id'];
    if (typeof conversation === 'string' && !(await this.isAnswered(conversation, id)))
      return `the conversation ${conversation} does not have its answer yet`;
    return null;
  }

  private async isOpen(id: string): Promise<boolean> {
    for await (const { type } of this.store.readStream(executionStream(id), { direction: 'backwards' }))
      return !endings.includes(type);
    return false;
  }

  /** So is one whose conversation was deleted, or never came to be. */
  private async isAnswered(conversation: string, execution: string): Promise<boolean> {
    const known = this.answered.get(conversation) ?? (await this.answersOf(conversation));
    if (this.answered.size >= 100) this.answered.clear();
    this.answered.set(conversation, known);
    return known.has(execution) || known.has('all');
  }

  private async answersOf(conversation: string): Promise<ReadonlySet<string>> {
    const ids = new Set<string>();
    let messages = 0;
    for await (const event of this.store.readStream(conversationStream(conversation))) {
      const { execution_id } = readEvent(event).data;
      if (event.type === 'MessageReceived') messages += 1;
      if (settled.includes(event.type)) ids.add(String(execution_id ?? 'all'));
    }
    return messages === 0 ? new Set(['all']) : ids;
  }
}

/** What the events say; a text: why that cannot be told. */
function readAll(history: readonly RecordedEvent[]): readonly Fact[] | string {
  try {
    return history.map(readEvent);
  } catch (error) {
    return (error as Error).message;
  }
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const gathered: T[] = [];
  for await (const item of items) gathered.push(item);
  return gathered;
}
