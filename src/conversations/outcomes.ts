import { executionStream, internalize, type EventStore, type PayloadStore, type RecordedEvent } from '#event-store';
import type { JsonObject, JsonValue } from '#plugin-sdk';

/** What has become of an execution that was to answer a message. */
export type Outcome =
  | { readonly type: 'answered'; readonly text: string }
  | { readonly type: 'failed'; readonly code: string; readonly message: string }
  | { readonly type: 'under_way' }
  /** There is no execution of this id in this conversation. */
  | { readonly type: 'missing' };

/** Reads what has become of an execution from its own log: of its first event and its last. */
export class Outcomes {
  constructor(
    private readonly store: EventStore,
    private readonly payloads: PayloadStore,
  ) {}

  async of(executionId: string, conversationId: string): Promise<Outcome> {
    const first = await this.one(executionId, 'forwards');
    if (!first || (await this.data(first))['conversation_id'] !== conversationId) return { type: 'missing' };
    const last = (await this.one(executionId, 'backwards')) ?? first;
    switch (last.type) {
      case 'ExecutionCompleted':
        return { type: 'answered', text: textOf((await this.data(last))['output'] ?? null) };
      case 'ExecutionFailed': {
        const { code, message } = await this.data(last);
        return { type: 'failed', code: String(code), message: String(message) };
      }
      case 'ExecutionCancelled':
        return { type: 'failed', code: 'cancelled', message: 'The execution was cancelled.' };
      default:
        return { type: 'under_way' };
    }
  }

  /** The conversation that this execution belongs to; null: none. */
  async conversationOf(executionId: string): Promise<string | null> {
    const first = await this.one(executionId, 'forwards');
    const id = first ? (await this.data(first))['conversation_id'] : null;
    return typeof id === 'string' ? id : null;
  }

  private async one(executionId: string, direction: 'forwards' | 'backwards'): Promise<RecordedEvent | null> {
    const stream = executionStream(executionId);
    for await (const event of this.store.readStream(stream, { direction, limit: 1 })) return event;
    return null;
  }

  private data({ data, envelope }: RecordedEvent): Promise<JsonObject> {
    return internalize(JSON.parse(data) as JsonObject, (sha256) => this.payloads.get(envelope.tenant, sha256));
  }
}

/** A model's answer is text; whatever else came out is shown as JSON. */
const textOf = (output: JsonValue): string =>
  typeof output === 'string' ? output : output === null ? '' : JSON.stringify(output);
