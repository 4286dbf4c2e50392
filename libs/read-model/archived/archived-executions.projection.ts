import type { ArchiveEvent } from '#engine';
import type { Projection } from '../projection.js';
import type { ArchivedExecutionRow } from './archived-execution.entity.js';
import { archivedOrOwn } from './kept-rows.js';

/** One row for each execution whose history is no longer in the log: where it is. */
export const archivedExecutions: Projection<ArchiveEvent, ArchivedExecutionRow> = {
  name: 'archived_executions',
  version: 1,
  categories: ['archive'],
  handles: ['ExecutionArchived'],
  table: {
    columns: {
      id: 'text not null primary key',
      tenant: 'text not null',
      file: 'text not null',
      file_sha256: 'text not null',
      head: 'text not null',
      events: 'integer not null',
      archived_at: 'text not null',
      position: 'text not null',
    },
    indexes: {},
  },
  rowOf: archivedOrOwn,

  evolve(_, { event, id, tenant, at, position }) {
    const { file, file_sha256, head, events } = event.data;
    return { id, tenant, file, file_sha256, head, events, archived_at: at, position };
  },
};
