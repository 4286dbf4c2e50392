import { Controller, Get, HttpCode, Param, Post, Query, Req, Res, UseInterceptors } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiAcceptedResponse, ApiBearerAuth, ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { EventStore, internalize, PayloadStore } from '#event-store';
import type { JsonObject } from '#plugin-sdk';
import { ReadModel, type ListedApproval } from '#read-model';
import type { ExecutionResult } from '#runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller, Needs } from '../auth/access.js';
import { Accounts } from '../auth/accounts.js';
import type { Credential } from '../auth/credential.js';
import { OwnWrites } from '../database/own-writes.js';
import { ApiProblems } from '../docs/api-problems.js';
import { prefixed, uuidIn } from '../http/ids.js';
import { readBody } from '../http/members.js';
import { Problem } from '../http/problem.js';
import { ApprovalListDto, DecideApprovalDto, ListApprovalsDto, type ApprovalDto } from './approval.dto.js';
import { DecideApproval } from './commands/decide-approval.command.js';
import { ExecutionResultDto } from './execution.dto.js';
import { executionIdIn, headersOf } from './execution-ids.js';
import { TellArchived } from './tell-archived.interceptor.js';

/** What executions ask people, and what people say. */
@ApiTags('Approvals')
@ApiBearerAuth()
@UseInterceptors(TellArchived)
@Controller('api/v1/workflows')
export class ApprovalsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly readModel: ReadModel,
    private readonly ownWrites: OwnWrites,
    private readonly accounts: Accounts,
    private readonly store: EventStore,
    private readonly payloads: PayloadStore,
  ) {}

  @Get('approvals')
  @Needs('executions:read')
  @ApiOperation({ operationId: 'listApprovals', summary: 'What people are asked to decide, newest first' })
  @ApiOkResponse({ type: ApprovalListDto })
  @ApiProblems(400, 401, 403)
  async list(@Query() query: ListApprovalsDto, @Caller() caller: Credential): Promise<ApprovalListDto> {
    const { execution_id, assignee, min_position, ...filter } = query;
    await this.ownWrites.seen(min_position);
    const { rows, ...page } = await this.readModel.approvals.list({
      ...filter,
      tenant: caller.tenant,
      ...(execution_id !== undefined && { execution_id: uuidIn('exec', execution_id) ?? 'none' }),
      ...(assignee && { assignees: [caller.sub, ...this.accounts.namesOf(caller.sub)] }),
    });
    return { approvals: await Promise.all(rows.map((row) => this.view(row, caller.tenant))), ...page };
  }

  @Post('executions/:id/approvals/:approvalId')
  @Needs('approvals:decide')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'decideApproval',
    summary: 'Approve or reject what an execution asks',
    description:
      'One vote per person; the same again changes nothing. It is bound to what was shown by `shown_digest`.',
  })
  @ApiBody({ type: DecideApprovalDto })
  @ApiAcceptedResponse({ type: ExecutionResultDto })
  @ApiProblems(400, 401, 403, 404, 409, 410, 422)
  async decide(
    @Param('id') id: string,
    @Param('approvalId') approval: string,
    @Req() request: FastifyRequest,
    @Caller() caller: Credential,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ExecutionResult> {
    const approvalId = uuidIn('appr', approval);
    if (approvalId === null) throw new Problem('approval_not_found', `There is no approval ${approval}.`);
    const members = { decision: 'text', shown_digest: 'text', comment: 'text?', fields: 'object?' } as const;
    const { decision, shown_digest, comment = null, fields = {} } = readBody(request.body, members);
    if (decision !== 'approved' && decision !== 'rejected')
      throw new Problem('invalid_request', 'decision must be "approved" or "rejected".');
    const vote = {
      decision,
      comment: comment as string | null,
      fields: fields as JsonObject,
      shownDigest: shown_digest as string,
    } as const;
    const result = await this.commands.execute(new DecideApproval(executionIdIn(id), approvalId, caller, vote));
    reply.headers({ ...headersOf(result.execution_id), 'x-chatter-position': (await this.store.head()) ?? undefined });
    return result;
  }

  private async view({ shown, ...row }: ListedApproval, tenant: string): Promise<ApprovalDto> {
    const whole = await internalize({ shown } as JsonObject, (sha256) => this.payloads.get(tenant, sha256));
    const { title, show, fields } = whole['shown'] as { title: string; show: object; fields: object | null };
    return {
      ...row,
      id: prefixed('appr', row.id),
      execution_id: prefixed('exec', row.execution_id),
      title,
      shown: show,
      fields,
    };
  }
}
