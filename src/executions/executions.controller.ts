import { Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiBody,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { EventStore } from '#event-store';
import type { JsonValue } from '#plugin-sdk';
import { ExecutionEngine, type ExecutionResult } from '#runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller, Needs } from '../auth/access.js';
import type { Credential } from '../auth/credential.js';
import { Definitions } from '../definitions/definitions.js';
import { ApiProblems } from '../docs/api-problems.js';
import { Deprecated } from '../http/deprecated.js';
import { uuidIn } from '../http/ids.js';
import { readMembers } from '../http/members.js';
import { Problem, type ProblemItem } from '../http/problem.js';
import { CancelExecution } from './commands/cancel-execution.command.js';
import { ResolveStep } from './commands/resolve-step.command.js';
import { CancelDto, ExecutionListDto, ExecutionResultDto, ListExecutionsDto, ResolveStepDto } from './execution.dto.js';
import { executionIdIn, headersOf, noExecution } from './execution-ids.js';
import { ExecutionLists } from './execution-lists.js';

@ApiTags('Executions')
@ApiBearerAuth()
@Controller('api/v1/workflows')
export class ExecutionsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly engine: ExecutionEngine,
    private readonly store: EventStore,
    private readonly lists: ExecutionLists,
    private readonly definitions: Definitions,
  ) {}

  @Get('executions')
  @Needs('executions:read')
  @ApiOperation({ operationId: 'listExecutions', summary: 'Executions, newest first' })
  @ApiOkResponse({ type: ExecutionListDto })
  @ApiProblems(400, 401, 403)
  list(@Query() query: ListExecutionsDto, @Caller() caller: Credential): Promise<ExecutionListDto> {
    return this.lists.list(query, caller);
  }

  @Get('definitions/:id/executions')
  @Needs('executions:read')
  @Deprecated('/api/v1/workflows/executions')
  @ApiOperation({
    operationId: 'listDefinitionExecutionsDeprecated',
    deprecated: true,
    summary: 'Use GET /workflows/executions?definition_id=',
  })
  @ApiOkResponse({ type: ExecutionListDto })
  @ApiProblems(400, 401, 403, 404)
  async listOfDefinition(
    @Param('id') id: string,
    @Query() query: ListExecutionsDto,
    @Caller() caller: Credential,
  ): Promise<ExecutionListDto> {
    const bare = uuidIn('wf', id);
    if (bare === null || !(await this.definitions.find(caller.tenant, bare)))
      throw new Problem('definition_not_found', `There is no definition ${id}.`);
    return this.lists.list({ ...query, definition_id: id }, caller);
  }

  @Get('executions/:id')
  @Needs('executions:read')
  @ApiOperation({ operationId: 'getExecution', summary: 'One execution, as its log has it now' })
  @ApiOkResponse({ type: ExecutionResultDto })
  @ApiProblems(401, 403, 404)
  async get(@Param('id') id: string, @Caller() { tenant }: Credential): Promise<ExecutionResult> {
    const result = await this.engine.result(tenant, executionIdIn(id));
    if (!result) throw noExecution(id);
    return result;
  }

  @Post('executions/:id/cancel')
  @Needs('executions:cancel')
  @HttpCode(202)
  @ApiOperation({ operationId: 'cancelExecution', summary: 'Cancel: what runs is aborted, nothing new begins' })
  @ApiBody({ type: CancelDto, required: false })
  @ApiAcceptedResponse({ type: ExecutionResultDto })
  @ApiProblems(400, 401, 403, 404, 409)
  async cancel(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Caller() caller: Credential,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ExecutionResult> {
    const { reason = null, force = false } = readBody(request.body ?? {}, { reason: 'text?', force: 'flag?' });
    const command = new CancelExecution(executionIdIn(id), caller, reason as string | null, force as boolean);
    return this.written(await this.commands.execute(command), reply);
  }

  @Post('executions/:id/steps/*')
  @Needs('executions:run')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'resolveStep',
    summary: 'Say what became of an uncertain step: POST …/steps/{path}/resolve',
  })
  @ApiParam({ name: 'id' })
  @ApiParam({ name: 'path', description: 'Of the step, like `each[3]/ask`, and then `/resolve`.' })
  @ApiBody({ type: ResolveStepDto })
  @ApiAcceptedResponse({ type: ExecutionResultDto })
  @ApiProblems(400, 401, 403, 404, 409)
  async resolve(
    @Req() request: FastifyRequest,
    @Caller() caller: Credential,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ExecutionResult> {
    const { id, '*': rest } = request.params as { id: string; '*': string };
    const path = /^(.+)\/resolve$/.exec(rest)?.[1];
    if (path === undefined) throw new Problem('not_found', 'A step is resolved at …/steps/{path}/resolve.');
    const { output, ...body } = (request.body ?? {}) as Record<string, unknown>;
    const { outcome } = readBody(body, { outcome: 'text' });
    if (!isOutcome(outcome)) throw new Problem('invalid_request', 'outcome must be "succeeded", "failed" or "retry".');
    const command = new ResolveStep(executionIdIn(id), path, caller, outcome, output as JsonValue | undefined);
    return this.written(await this.commands.execute(command), reply);
  }

  /** What was written is before the log's head: lists that have come so far show it. */
  private async written(result: ExecutionResult, reply: FastifyReply): Promise<ExecutionResult> {
    reply.headers({ ...headersOf(result.execution_id), 'x-chatter-position': (await this.store.head()) ?? undefined });
    return result;
  }
}

const isOutcome = (text: unknown): text is 'succeeded' | 'failed' | 'retry' =>
  text === 'succeeded' || text === 'failed' || text === 'retry';

function readBody(body: unknown, members: Parameters<typeof readMembers>[1]): Record<string, unknown> {
  const faults: ProblemItem[] = [];
  const read = readMembers(body, members, '', faults);
  if (faults.length > 0) throw new Problem('invalid_request', faults[0]!.message, { errors: faults });
  return read;
}
