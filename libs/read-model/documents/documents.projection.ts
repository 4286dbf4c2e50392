import type { DocumentEvent } from '#engine';
import type { Projection } from '../projection.js';
import { searchText } from '../search-text.js';
import type { DocumentRow } from './document.entity.js';

/** One row for each document: the list of what can be searched. A deleted one keeps its row, without its name. */
export const documents: Projection<DocumentEvent, DocumentRow> = {
  name: 'documents',
  version: 1,
  categories: ['document'],
  handles: ['DocumentAdded', 'DocumentDeleted'],
  table: {
    columns: {
      id: 'text not null primary key',
      tenant: 'text not null',
      title: 'text not null',
      source: 'text null',
      collection: 'text not null',
      mime: 'text not null',
      characters: 'integer not null',
      owner_id: 'text not null',
      created_at: 'text not null',
      deleted: 'integer not null',
      search: 'text not null',
      position: 'text not null',
    },
    indexes: { created: '(tenant, created_at, id)' },
  },

  evolve(row, { event, id, tenant, at, position }) {
    if (event.type === 'DocumentAdded') {
      const { value, collection, mime, characters, owner } = event.data;
      const { title, source } = value;
      const search = searchText(id, title, source);
      const listed = { title, source, collection, mime, characters, owner_id: owner, search };
      return { id, tenant, ...listed, created_at: at, deleted: 0, position };
    }
    if (!row) throw new Error(`The stream of document ${id} does not begin with DocumentAdded.`);
    return { ...row, title: '', source: null, search: '', deleted: 1, position };
  },
};
