import { Controller, Get, Param, Query, Req, Res, UseInterceptors } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import { verifyChain } from '#event-store';
import { ExecutionEngine } from '#runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller, Needs } from '../auth/access.js';
import type { Credential } from '../auth/credential.js';
import { ApiProblems } from '../docs/api-problems.js';
import { ApiStreamOk } from '../docs/api-streams.js';
import { Problem } from '../http/problem.js';
import { EventStream } from '../http/sse.js';
import { eventText } from './event-view.js';
import { EventsDto, EventsQueryDto, LogsDto, StateDto, VerifyDto } from './execution.dto.js';
import { executionIdIn, headersOf, noExecution } from './execution-ids.js';
import { Histories } from './histories.js';
import { endings, streamRun } from './stream-run.js';
import { TellArchived } from './tell-archived.interceptor.js';

const eventsPage = 200;

/** The levels of a node's log lines. */
const levels = ['debug', 'info', 'warn'];

/** What happened to an execution, event by event. */
@ApiTags('Executions')
@ApiBearerAuth()
@UseInterceptors(TellArchived)
@Controller('api/v1/workflows/executions')
export class HistoryController {
  constructor(
    private readonly engine: ExecutionEngine,
    private readonly histories: Histories,
  ) {}

  @Get(':id/events')
  @Needs('executions:read')
  @ApiOperation({ operationId: 'listExecutionEvents', summary: 'Every event, with all that a verifier needs' })
  @ApiOkResponse({ type: EventsDto })
  @ApiProblems(400, 401, 403, 404, 410)
  async events(
    @Param('id') id: string,
    @Query() { cursor, limit = eventsPage }: EventsQueryDto,
    @Caller() { tenant }: Credential,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const first = wholeIn('cursor', cursor, 0);
    const { stream, revision: last } = await this.histories.head(tenant, id);
    const events: string[] = [];
    for await (const event of this.histories.read(stream, first, limit)) events.push(eventText(event));
    const next = first + events.length;
    const more = events.length > 0 && next <= Number(last) ? `"${next}"` : 'null';
    void reply
      .type('application/json')
      .send(`{"events":[${events.join(',')}],"total_count":${last + 1n},"next_cursor":${more}}`);
  }

  @Get(':id/stream')
  @Needs('executions:read')
  @ApiOperation({
    operationId: 'streamExecution',
    summary: 'Follow an execution (server-sent events), from the start or after `Last-Event-ID`',
  })
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'The id of the last frame that you have.' })
  @ApiStreamOk()
  @ApiNoContentResponse({ description: 'You have it all.' })
  @ApiProblems(400, 401, 403, 404, 410)
  async stream(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Caller() { tenant }: Credential,
  ): Promise<void> {
    const head = await this.histories.head(tenant, id);
    const last = request.headers['last-event-id'];
    const from = last === undefined ? -1n : BigInt(wholeIn('Last-Event-ID', String(last), 0));
    if (from > head.revision)
      throw new Problem(
        'invalid_header',
        `Last-Event-ID is ${from}, and the last event is ${head.revision}. Send an id of this stream.`,
      );
    reply.headers(headersOf(id));
    if (from === head.revision && endings.has(head.type)) return void reply.code(204).send(); // a browser that has it all stops asking
    if (request.method === 'HEAD') return void reply.type('text/event-stream').send();
    const stream = new EventStream(reply, { headers: {}, stillMay: request.stillMay! });
    const executionId = executionIdIn(id);
    const frames = await this.engine.watch(tenant, executionId, { from, signal: stream.gone.signal });
    await streamRun(this.engine, stream, { tenant, executionId, frames, stepEvents: true });
  }

  @Get(':id/state')
  @Needs('executions:read')
  @ApiOperation({ operationId: 'getExecutionState', summary: 'The state as it was after one event' })
  @ApiQuery({ name: 'revision', required: false, type: Number, description: 'Default: the last one.' })
  @ApiOkResponse({ type: StateDto })
  @ApiProblems(400, 401, 403, 404, 410)
  async state(
    @Param('id') id: string,
    @Caller() { tenant }: Credential,
    @Query('revision') revision?: string,
  ): Promise<StateDto> {
    const head = await this.histories.head(tenant, id);
    const at = wholeIn('revision', revision, Number(head.revision));
    const state = await this.engine.stateAt(tenant, executionIdIn(id), BigInt(at));
    if (!state) throw new Problem('event_not_found', `The execution ${id} has no event ${at}.`);
    return state as unknown as StateDto;
  }

  @Get(':id/logs')
  @Needs('executions:read')
  @ApiOperation({ operationId: 'listExecutionLogs', summary: 'Log lines of its steps, since this process drives it' })
  @ApiQuery({ name: 'level', required: false, enum: levels })
  @ApiOkResponse({ type: LogsDto })
  @ApiProblems(400, 401, 403, 404, 410)
  async logs(
    @Param('id') id: string,
    @Caller() { tenant }: Credential,
    @Query('level') level?: string,
  ): Promise<LogsDto> {
    const executionId = executionIdIn(id);
    if (level !== undefined && !levels.includes(level))
      throw new Problem('invalid_request', `level is "${level}"; it must be one of ${levels.join(', ')}.`);
    const lines = await this.engine.logLines(tenant, executionId);
    if (!lines) throw noExecution(id);
    const logs = level === undefined ? lines : lines.filter((line) => line['level'] === level);
    return { logs: [...logs], total_count: logs.length, next_cursor: null };
  }

  @Get(':id/verify')
  @Needs('executions:read')
  @ApiOperation({
    operationId: 'verifyExecution',
    summary: 'Verify the hash chain of its history',
    description:
      'Finds a change to any stored event; a tail that was cut off, or a history rewritten as a whole, needs a checkpoint outside the store.',
  })
  @ApiOkResponse({ type: VerifyDto })
  @ApiProblems(401, 403, 404, 410)
  async verify(@Param('id') id: string, @Caller() { tenant }: Credential): Promise<VerifyDto> {
    const { stream } = await this.histories.head(tenant, id);
    return { ...(await verifyChain(stream, this.histories.read(stream))), checkpoint: null };
  }
}

function wholeIn(name: string, text: string | undefined, byDefault: number): number {
  if (text === undefined) return byDefault;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new Problem('invalid_request', `${name} is "${text}"; it must be a whole number.`);
}
