import { Injectable } from '@nestjs/common';
import { ReadModel, type ListedExecution } from '#read-model';
import type { Credential } from '../auth/credential.js';
import { OwnWrites } from '../database/own-writes.js';
import { prefixed, uuidIn, type IdPrefix } from '../http/ids.js';
import type { ExecutionListDto, ListedExecutionDto, ListExecutionsDto } from './execution.dto.js';

/** The monitor's list: a caller's own new execution is in it. */
@Injectable()
export class ExecutionLists {
  constructor(
    private readonly readModel: ReadModel,
    private readonly ownWrites: OwnWrites,
  ) {}

  async list(query: ListExecutionsDto, caller: Credential): Promise<ExecutionListDto> {
    await this.ownWrites.seen(query.min_position);
    const { definition_id, template_id, conversation_id, min_position: _, ...filter } = query;
    const page = await this.readModel.executions.list({
      ...filter,
      tenant: caller.tenant,
      ...bare('definition_id', 'wf', definition_id),
      ...bare('template_id', 'tpl', template_id),
      ...bare('conversation_id', 'conv', conversation_id),
    } as Parameters<ReadModel['executions']['list']>[0]);
    return { executions: page.rows.map(listed), total_count: page.total_count, next_cursor: page.next_cursor };
  }
}

/** An id of the wrong form is nobody's: nothing is listed. */
const bare = (name: string, prefix: IdPrefix, id: string | undefined) =>
  id === undefined ? {} : { [name]: uuidIn(prefix, id) ?? 'none' };

const listed = (row: ListedExecution): ListedExecutionDto => ({
  execution_id: prefixed('exec', row.id),
  status: row.status,
  workflow_type: row.workflow_type,
  definition_id: row.definition_id === null ? null : prefixed('wf', row.definition_id),
  definition_version: row.definition_version,
  definition_name: row.definition_name,
  template_id: row.template_id === null ? null : prefixed('tpl', row.template_id),
  user_id: row.subject,
  tags: row.tags,
  started_at: row.started_at,
  completed_at: row.completed_at,
  duration_ms: row.duration_ms,
  tokens_used: row.tokens,
  cost: row.cost_nano / 1e9,
  error_code: row.error_code,
  error_message: row.error_message,
});
