import { hash } from 'node:crypto';
import { Controller, Get, HttpCode, Param, Post, Query, Req, Res, UseInterceptors } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiBody,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { canonicalJson, EventStore } from '#event-store';
import type { JsonValue } from '#plugin-sdk';
import { ExecutionEngine, type ExecutionResult, type RetryFrom } from '#runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller, Needs } from '../auth/access.js';
import type { Credential } from '../auth/credential.js';
import { Definitions } from '../definitions/definitions.js';
import { ApiProblems } from '../docs/api-problems.js';
import { Deprecated } from '../http/deprecated.js';
import { uuidIn } from '../http/ids.js';
import { readBody } from '../http/members.js';
import { Problem } from '../http/problem.js';
import { tokenHeader } from '../http/request-headers.js';
import { CancelExecution } from './commands/cancel-execution.command.js';
import { RetryExecution } from './commands/retry-execution.command.js';
import { SendSignal } from './commands/send-signal.command.js';
import { ResolveStep } from './commands/resolve-step.command.js';
import { RetryDto, SignalDto } from './approval.dto.js';
import { CancelDto, ExecutionListDto, ExecutionResultDto, ListExecutionsDto, ResolveStepDto } from './execution.dto.js';
import { executionIdIn, headersOf, noExecution } from './execution-ids.js';
import { ExecutionLists } from './execution-lists.js';
import { TellArchived } from './tell-archived.interceptor.js';

@ApiTags('Executions')
@ApiBearerAuth()
@UseInterceptors(TellArchived)
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
  @ApiProblems(401, 403, 404, 410)
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
  @ApiProblems(400, 401, 403, 404, 409, 410)
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

  @Post('executions/:id/retry')
  @Needs('executions:run')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'retryExecution',
    summary: 'Try again: a new execution, in which what had settled before is recalled',
  })
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: 'The same key and body: one execution only.' })
  @ApiBody({ type: RetryDto, required: false })
  @ApiAcceptedResponse({ type: ExecutionResultDto })
  @ApiProblems(400, 401, 403, 404, 409, 410)
  async retry(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Caller() caller: Credential,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ExecutionResult> {
    const from = retryFrom(readBody(request.body, { from: 'text?', node_id: 'text?', path: 'text?' }));
    const digest = hash('sha256', canonicalJson(from as unknown as JsonValue), 'hex');
    const key = tokenHeader(request, 'idempotency-key');
    const run = await this.commands.execute(new RetryExecution(executionIdIn(id), from, caller, digest, key));
    await run.accepted();
    if (run.replayed) reply.header('idempotent-replayed', 'true');
    return this.written(await run.settled(0), reply);
  }

  @Post('executions/:id/signals/:name')
  @Needs('executions:run')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'sendSignal',
    summary: 'Tell an execution what it waits for; kept where it does not wait yet',
  })
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: 'The same key: one signal only.' })
  @ApiBody({ type: SignalDto, required: false })
  @ApiAcceptedResponse({ type: ExecutionResultDto })
  @ApiProblems(400, 401, 403, 404, 409, 410)
  async signal(
    @Param('id') id: string,
    @Param('name') name: string,
    @Req() request: FastifyRequest,
    @Caller() caller: Credential,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ExecutionResult> {
    if (!/^[A-Za-z0-9_.-]{1,64}$/.test(name))
      throw new Problem('invalid_request', 'The name of a signal has 1 to 64 letters, digits, "_", "." and "-".');
    const { payload = null, ...rest } = (request.body ?? {}) as Record<string, unknown>;
    readBody(rest, {});
    const key = tokenHeader(request, 'idempotency-key');
    const command = new SendSignal(executionIdIn(id), name, payload as JsonValue, caller, key);
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
  @ApiProblems(400, 401, 403, 404, 409, 410)
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

function retryFrom({ from, node_id, path }: Record<string, unknown>): RetryFrom {
  if (typeof node_id === 'string' && from === undefined)
    return { node_id, ...(path !== undefined && { path: path as string }) };
  const known = from ?? 'failed';
  if (node_id === undefined && path === undefined && (known === 'failed' || known === 'start')) return { from: known };
  throw new Problem('invalid_request', 'Give from: "failed" or "start", or a node_id (and a path).');
}
