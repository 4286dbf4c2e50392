import { describe, expect, it } from '@jest/globals';
import { Refusal } from '../execution/refusal.js';
import { decideDocument, evolveDocument, unknownDocument, type DocumentAdded } from './document.decider.js';

const added: DocumentAdded = {
  value: { title: 'Rules', source: null, metadata: {} },
  collection: 'default',
  mime: 'text/plain',
  text_sha256: 'a',
  characters: 3,
  owner: 'usr_1',
};
const known = evolveDocument(unknownDocument, { type: 'DocumentAdded', data: added }, 'now');
const deleted = evolveDocument(known, { type: 'DocumentDeleted', data: { by: 'usr_1' } }, 'later');

const refused = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
  }
  return 'granted';
};

describe('a document', () => {
  it('is added once: the same again is there already, another is refused', () => {
    expect(decideDocument(unknownDocument, { type: 'Add', added })).toEqual([{ type: 'DocumentAdded', data: added }]);
    expect(decideDocument(known, { type: 'Add', added })).toEqual([]);
    expect(refused(() => decideDocument(known, { type: 'Add', added: { ...added, text_sha256: 'b' } }))).toBe(
      'idempotency_key_reused',
    );
  });

  it.each<Partial<DocumentAdded>>([
    { collection: 'other' },
    { mime: 'text/html' },
    { value: { ...added.value, title: 'Others' } },
    { value: { ...added.value, source: 'rules.md' } },
    { value: { ...added.value, metadata: { year: 2026 } } },
  ])('is another one with %j, and refused under the same id', (more) => {
    expect(refused(() => decideDocument(known, { type: 'Add', added: { ...added, ...more } }))).toBe(
      'idempotency_key_reused',
    );
  });

  it('is the same whatever the order of its metadata', () => {
    const described = (metadata: DocumentAdded['value']['metadata']) => ({
      ...added,
      value: { ...added.value, metadata },
    });
    const first = evolveDocument(unknownDocument, { type: 'DocumentAdded', data: described({ a: 1, b: 2 }) }, 'now');
    expect(decideDocument(first, { type: 'Add', added: described({ b: 2, a: 1 }) })).toEqual([]);
  });

  it('is deleted once, and stays on the record', () => {
    expect(decideDocument(known, { type: 'Delete', by: 'usr_1' })).toHaveLength(1);
    expect(refused(() => decideDocument(deleted, { type: 'Delete', by: 'usr_1' }))).toBe('document_not_found');
    expect(refused(() => decideDocument(unknownDocument, { type: 'Delete', by: 'usr_1' }))).toBe('document_not_found');
    expect(deleted).toMatchObject({ status: 'deleted', created_at: 'now', value: { title: 'Rules' } });
    expect(evolveDocument(unknownDocument, { type: 'DocumentDeleted', data: { by: 'x' } }, 'now')).toBe(
      unknownDocument,
    );
  });
});
