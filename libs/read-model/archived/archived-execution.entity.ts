import { defineEntity, p } from '@mikro-orm/core';

/** Where the history of an archived execution is. */
export type ArchivedExecutionRow = {
  /** UUID without prefix, of the execution. */
  readonly id: string;
  readonly tenant: string;
  readonly file: string;
  readonly file_sha256: string;
  /** Hash of its last event. */
  readonly head: string;
  readonly events: number;
  readonly archived_at: string;
  readonly position: string;
};

export const ArchivedExecutionEntity = defineEntity({
  name: 'ArchivedExecution',
  tableName: 'archived_executions',
  properties: {
    id: p.text().primary(),
    tenant: p.text(),
    file: p.text(),
    file_sha256: p.text(),
    head: p.text(),
    events: p.integer(),
    archived_at: p.text(),
    position: p.text(),
  },
});
