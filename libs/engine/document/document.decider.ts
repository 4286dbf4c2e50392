import type { JsonObject, JsonValue } from '#plugin-sdk';
import { ordered } from '../execution/ordered-json.js';
import { Refusal } from '../execution/refusal.js';

/** Facts about one document. Its text is in the payload store, under its digest. */
export type DocumentEvent =
  | { readonly type: 'DocumentAdded'; readonly data: DocumentAdded }
  | { readonly type: 'DocumentDeleted'; readonly data: { readonly by: string } };

export interface DocumentAdded {
  /** What may name people. */
  readonly value: { readonly title: string; readonly source: string | null; readonly metadata: JsonObject };
  readonly collection: string;
  readonly mime: string;
  /** SHA-256 in hex of the text as it is searched, and its length in characters. */
  readonly text_sha256: string;
  readonly characters: number;
  readonly owner: string;
}

export type DocumentState =
  | { readonly status: 'unknown' }
  | (DocumentAdded & { readonly status: 'added' | 'deleted'; readonly created_at: string });

export type DocumentCommand =
  { readonly type: 'Add'; readonly added: DocumentAdded } | { readonly type: 'Delete'; readonly by: string };

export const unknownDocument: DocumentState = { status: 'unknown' };

/**
 * 1. A document does not change: another text is another document.
 * 2. The same one added again, under the same id, is there already; another under that id is refused, also where only its
 *    collection, source, type or metadata differ.
 * 3. A deleted one is found no more; that it was there stays on the record.
 */
export function decideDocument(state: DocumentState, command: DocumentCommand): readonly DocumentEvent[] {
  switch (command.type) {
    case 'Add':
      if (state.status === 'unknown') return [{ type: 'DocumentAdded', data: command.added }];
      if (sameFacts(state, command.added)) return []; // rule 2
      throw new Refusal(
        'idempotency_key_reused',
        'This Idempotency-Key has added another document. Use a new key for a new request.',
      );
    case 'Delete':
      if (state.status !== 'added') throw new Refusal('document_not_found', 'There is no such document.');
      return [{ type: 'DocumentDeleted', data: { by: command.by } }];
  }
}

export function evolveDocument(state: DocumentState, event: DocumentEvent, at: string): DocumentState {
  if (event.type === 'DocumentAdded') return { ...event.data, status: 'added', created_at: at };
  return state.status === 'unknown' ? state : { ...state, status: 'deleted' };
}

const sameFacts = (known: DocumentAdded, wanted: DocumentAdded): boolean => factsOf(known) === factsOf(wanted);

/** Not whose it is: a key belongs to its caller. */
const factsOf = ({ value, collection, mime, text_sha256 }: DocumentAdded): string =>
  JSON.stringify(ordered({ value, collection, mime, text_sha256 } satisfies JsonValue));
