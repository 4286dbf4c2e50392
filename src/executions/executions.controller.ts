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
import { EventStore, executionStream, verifyChain, type RecordedEvent } from '#event-store';
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
import { EventStream } from '../http/sse.js';
import { CancelExecution } from './commands/cancel-execution.command.js';
import { ResolveStep } from './commands/resolve-step.command.js';
import {
  CancelDto,
  EventsDto,
  EventsQueryDto,
  ExecutionListDto,
  ExecutionResultDto,
  ListExecutionsDto,
  LogsDto,
  ResolveStepDto,
  StateDto,
  VerifyDto,
} from './execution.dto.js';
import { ExecutionLists } from './execution-lists.js';
import { eventText } from './event-view.js';
import { endings, streamRun } from './stream-run.js';

const eventsPage = 200;

@ApiTags('Executions')
@ApiBearerAuth()
@ApiParam({ name: 'id', required: false, example: 'exec_0198c0de-0000-7000-8000-000000000000' })
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

  @Get('executions/:id/events')
  @Needs('executions:read')
  @ApiOperation({ operationId: 'listExecutionEvents', summary: 'Every event, with all that a verifier needs' })
  @ApiOkResponse({ type: EventsDto })
  @ApiProblems(400, 401, 403, 404)
  async events(
    @Param('id') id: string,
    @Query() { cursor, limit = eventsPage }: EventsQueryDto,
    @Caller() { tenant }: Credential,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const first = wholeIn('cursor', cursor, 0);
    const { stream, revision: last } = await this.headOf(tenant, id);
    const events: string[] = [];
    for await (const event of this.store.readStream(stream, { from: BigInt(first), limit }))
      events.push(eventText(event));
    const next = first + events.length;
    const more = events.length > 0 && next <= Number(last) ? `"${next}"` : 'null';
    void reply
      .type('application/json')
      .send(`{"events":[${events.join(',')}],"total_count":${last + 1n},"next_cursor":${more}}`);
  }

  @Get('executions/:id/stream')
  @Needs('executions:read')
  @ApiOperation({
    operationId: 'streamExecution',
    summary: 'Follow an execution (server-sent events), from the start or after `Last-Event-ID`',
  })
  @ApiProblems(400, 401, 403, 404)
  async stream(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Caller() { tenant }: Credential,
  ): Promise<void> {
    const head = await this.headOf(tenant, id);
    const last = request.headers['last-event-id'];
    const from = last === undefined ? -1n : BigInt(wholeIn('Last-Event-ID', String(last), 0));
    if (from > head.revision)
      throw new Problem(
        'invalid_header',
        `Last-Event-ID is ${from}, and the last event is ${head.revision}. Send an id of this stream.`,
      );
    reply.headers(headersOf(id));
    if (from === head.revision && endings.has(head.type)) return void reply.code(204).send(); // a browser that has it all stops asking
    const stream = new EventStream(reply, { headers: {}, stillMay: request.stillMay! });
    const executionId = executionIdIn(id);
    const frames = await this.engine.watch(tenant, executionId, { from, signal: stream.gone.signal });
    await streamRun(this.engine, stream, { tenant, executionId, frames, stepEvents: true });
  }

  @Get('executions/:id/state')
  @Needs('executions:read')
  @ApiOperation({ operationId: 'getExecutionState', summary: 'The state as it was after one event' })
  @ApiOkResponse({ type: StateDto })
  @ApiProblems(400, 401, 403, 404)
  async state(
    @Param('id') id: string,
    @Caller() { tenant }: Credential,
    @Query('revision') revision?: string,
  ): Promise<StateDto> {
    const head = await this.headOf(tenant, id);
    const at = wholeIn('revision', revision, Number(head.revision));
    const state = await this.engine.stateAt(tenant, executionIdIn(id), BigInt(at));
    if (!state) throw new Problem('event_not_found', `The execution ${id} has no event ${at}.`);
    return state as unknown as StateDto;
  }

  @Get('executions/:id/logs')
  @Needs('executions:read')
  @ApiOperation({ operationId: 'listExecutionLogs', summary: 'Log lines of its steps, since this process drives it' })
  @ApiOkResponse({ type: LogsDto })
  @ApiProblems(401, 403, 404)
  async logs(
    @Param('id') id: string,
    @Caller() { tenant }: Credential,
    @Query('level') level?: string,
  ): Promise<LogsDto> {
    const lines = await this.engine.logLines(tenant, executionIdIn(id));
    if (!lines) throw noExecution(id);
    const logs = level === undefined ? lines : lines.filter((line) => line['level'] === level);
    return { logs: [...logs], total_count: logs.length, next_cursor: null };
  }

  @Get('executions/:id/verify')
  @Needs('executions:read')
  @ApiOperation({
    operationId: 'verifyExecution',
    summary: 'Verify the hash chain of its history',
    description:
      'Finds a change to any stored event; a tail that was cut off, or a history rewritten as a whole, needs a checkpoint outside the store.',
  })
  @ApiOkResponse({ type: VerifyDto })
  @ApiProblems(401, 403, 404)
  async verify(@Param('id') id: string, @Caller() { tenant }: Credential): Promise<VerifyDto> {
    const { stream } = await this.headOf(tenant, id);
    return { ...(await verifyChain(stream, this.store.readStream(stream))), checkpoint: null };
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

  /**
   * The last event of an execution that this tenant has; every other id is answered as an unknown one. Whose it is says
   * its first event, too: damage to one of them must not hide the history from the one who verifies it.
   */
  private async headOf(tenant: string, id: string): Promise<RecordedEvent> {
    const stream = executionStream(executionIdIn(id));
    const last = await firstOf(this.store.readStream(stream, { direction: 'backwards', limit: 1 }));
    const first = last?.envelope.tenant === tenant ? last : await firstOf(this.store.readStream(stream, { limit: 1 }));
    if (!last || first?.envelope.tenant !== tenant) throw noExecution(id);
    return last;
  }
}

const headersOf = (id: string): Record<string, string> => ({
  location: `/api/v1/workflows/executions/${id}`,
  'x-execution-id': id,
});

async function firstOf<T>(all: AsyncIterable<T>): Promise<T | null> {
  for await (const one of all) return one;
  return null;
}

const isOutcome = (text: unknown): text is 'succeeded' | 'failed' | 'retry' =>
  text === 'succeeded' || text === 'failed' || text === 'retry';

const noExecution = (id: string): Problem => new Problem('execution_not_found', `There is no execution ${id}.`);

function executionIdIn(id: string): string {
  const bare = uuidIn('exec', id);
  if (bare === null) throw noExecution(id);
  return bare;
}

function wholeIn(name: string, text: string | undefined, byDefault: number): number {
  const value = text === undefined ? byDefault : Number(text);
  if (Number.isSafeInteger(value) && value >= 0 && text !== '') return value;
  throw new Problem('invalid_request', `${name} is "${text}"; it must be a whole number.`);
}

function readBody(body: unknown, members: Parameters<typeof readMembers>[1]): Record<string, unknown> {
  const faults: ProblemItem[] = [];
  const read = readMembers(body, members, '', faults);
  if (faults.length > 0) throw new Problem('invalid_request', faults[0]!.message, { errors: faults });
  return read;
}
