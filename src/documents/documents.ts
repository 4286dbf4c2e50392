import { createHash } from 'node:crypto';
import { decideDocument, evolveDocument, Refusal, unknownDocument } from '#engine';
import type { DocumentAdded, DocumentCommand, DocumentEvent, DocumentState } from '#engine';
import { documentStream, type EventStore, type PayloadStore, type Position } from '#event-store';
import type { JsonObject } from '#plugin-sdk';
import { actorOf, type Caller } from '#runtime';
import { DecidedStreams } from '../database/decided-streams.js';

export type KnownDocument = DocumentAdded & { readonly id: string; readonly created_at: string };

export interface ToAdd {
  readonly title: string;
  readonly source: string | null;
  readonly collection: string;
  readonly mime: string;
  readonly metadata: JsonObject;
  readonly text: string;
}

/** Documents, by their streams. Another tenant's are answered as unknown ones are. */
export class Documents {
  private readonly streams: DecidedStreams<DocumentState, DocumentCommand, DocumentEvent>;

  constructor(
    store: EventStore,
    private readonly payloads: PayloadStore,
  ) {
    this.streams = new DecidedStreams<DocumentState, DocumentCommand, DocumentEvent>(store, {
      streamOf: documentStream,
      initial: unknownDocument,
      decide: decideDocument,
      evolve: evolveDocument,
    });
  }

  /** Null: unknown, deleted, or another tenant's. */
  async find(tenant: string, id: string): Promise<KnownDocument | null> {
    const { state, tenant: owner } = await this.streams.load(id);
    return state.status === 'added' && owner === tenant ? { ...state, id } : null;
  }

  async text(tenant: string, { text_sha256 }: Pick<DocumentAdded, 'text_sha256'>): Promise<string> {
    const bytes = await this.payloads.get(tenant, text_sha256);
    if (!bytes) throw new Error(`The text ${text_sha256} of a document is missing from the payload store.`);
    return new TextDecoder().decode(bytes);
  }

  /** The text is durable before the event that names it. The same again, under the same id, finds it. */
  async add(
    id: string,
    { text, title, source, metadata, collection, mime }: ToAdd,
    by: Caller,
  ): Promise<{ readonly document: KnownDocument; readonly position: Position | null }> {
    const bytes = new TextEncoder().encode(text);
    await this.payloads.put(by.tenant, bytes);
    const added: DocumentAdded = {
      characters: text.length,
      collection,
      mime,
      owner: by.sub,
      text_sha256: createHash('sha256').update(bytes).digest('hex'),
      value: { metadata, source, title },
    };
    const { state, position } = await this.streams.tell(id, { type: 'Add', added }, told(by));
    if (state.status !== 'added') throw new Refusal('document_not_found', `The document doc_${id} has been deleted.`);
    return { document: { ...state, id }, position };
  }

  async delete(id: string, by: Caller): Promise<Position | null> {
    return (await this.streams.tell(id, { type: 'Delete', by: by.sub }, told(by))).position;
  }
}

const told = (by: Caller) => ({ tenant: by.tenant, actor: actorOf(by) });
