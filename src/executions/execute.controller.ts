import { Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiBody, ApiHeader, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { holds } from '#engine';
import { ExecutionEngine } from '#runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller, Needs } from '../auth/access.js';
import type { Credential } from '../auth/credential.js';
import { ENVIRONMENT, type Environment } from '../config/environment.js';
import { ApiProblems } from '../docs/api-problems.js';
import { ApiResultOrStream } from '../docs/api-streams.js';
import { Deprecated } from '../http/deprecated.js';
import { prefixed } from '../http/ids.js';
import { preference, tokenHeader } from '../http/request-headers.js';
import { Problem } from '../http/problem.js';
import { EventStream } from '../http/sse.js';
import { ExecuteWorkflow } from './commands/execute-workflow.command.js';
import { readExecuteBody, type ExecuteBody } from './execute-body.js';
import { readStepBody } from './step-body.js';
import {
  executeExamples,
  ExecuteDto,
  ExecuteStepDto,
  OldChatDto,
  OldExecuteCustomDto,
  OldExecuteDto,
  OldExecuteTemplateDto,
} from './execute.dto.js';
import { readOldChatBody } from './old-chat-body.js';
import { streamRun } from './stream-run.js';

@ApiTags('Execute')
@ApiBearerAuth()
@Controller('api/v1/workflows')
export class ExecuteController {
  constructor(
    private readonly commands: CommandBus,
    private readonly engine: ExecutionEngine,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {}

  @Post('execute')
  @Needs('executions:run')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'executeWorkflow',
    summary: 'Execute a workflow, of whatever type',
    description:
      'Answers with the result (200), with 202 where the run waits, outlasts the wait or was asked for asynchronously, or with a stream of server-sent events where `config.streaming` is true.',
  })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'The same key and body start one execution only.',
  })
  @ApiHeader({ name: 'Prefer', required: false, description: '`respond-async` or `wait=<seconds>`.' })
  @ApiBody({ type: ExecuteDto, examples: executeExamples })
  @ApiResultOrStream()
  @ApiProblems(400, 401, 403, 404, 409, 410, 413, 415, 422, 503, 507)
  async execute(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Caller() caller: Credential,
  ): Promise<void> {
    await this.run(readExecuteBody(request.body), request, reply, caller);
  }

  @Post('execute/step')
  @Needs('executions:run')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'executeStep',
    summary: 'Run one node by itself, with what it reads given',
    description:
      'An execution like any other, in debug mode and tagged `step`: its effects are real. `nodes` are the outputs that its expressions read, `incoming` is what arrives.',
  })
  @ApiBody({ type: ExecuteStepDto })
  @ApiResultOrStream()
  @ApiProblems(400, 401, 403, 409, 410, 413, 415, 503, 507)
  async executeStep(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Caller() caller: Credential,
  ): Promise<void> {
    await this.run(readStepBody(request.body), request, reply, caller);
  }

  @Post('definitions/custom/execute')
  @Needs('executions:run')
  @Deprecated('/api/v1/workflows/execute')
  @ApiOperation({ operationId: 'executeCustomDeprecated', deprecated: true, summary: 'Use POST /workflows/execute' })
  @ApiBody({ type: OldExecuteCustomDto })
  @ApiResultOrStream()
  @ApiProblems(400, 401, 403)
  async executeCustom(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Caller() caller: Credential,
  ): Promise<void> {
    const body = { ...(request.body as object), workflow_type: 'custom' };
    await this.run(readExecuteBody(inNewForm(body)), request, reply, caller);
  }

  @Post('definitions/:id/execute')
  @Needs('executions:run')
  @Deprecated('/api/v1/workflows/execute')
  @ApiOperation({
    operationId: 'executeDefinitionDeprecated',
    deprecated: true,
    summary: 'Use POST /workflows/execute',
  })
  @ApiParam({ name: 'id' })
  @ApiBody({ type: OldExecuteDto })
  @ApiResultOrStream()
  @ApiProblems(400, 401, 403, 404)
  async executeDefinition(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Caller() caller: Credential,
  ): Promise<void> {
    const { id } = request.params as { id: string };
    const body = { ...(request.body as object), workflow_type: 'definition', definition_id: id };
    await this.run(readExecuteBody(inNewForm(body)), request, reply, caller);
  }

  @Post('templates/:id/execute')
  @Needs('executions:run')
  @Deprecated('/api/v1/workflows/execute')
  @ApiOperation({
    operationId: 'executeTemplateDeprecated',
    deprecated: true,
    summary: 'Use POST /workflows/execute',
  })
  @ApiParam({ name: 'id' })
  @ApiBody({ type: OldExecuteTemplateDto })
  @ApiResultOrStream()
  @ApiProblems(400, 401, 403, 404)
  async executeTemplate(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Caller() caller: Credential,
  ): Promise<void> {
    const { id } = request.params as { id: string };
    const body = { ...(request.body as object), workflow_type: 'template', template_id: id };
    await this.run(readExecuteBody(inNewForm(body)), request, reply, caller);
  }

  @Post('execute/chat')
  @Needs('executions:run')
  @Deprecated('/api/v1/workflows/execute')
  @ApiOperation({ operationId: 'executeChatDeprecated', deprecated: true, summary: 'Use POST /workflows/execute' })
  @ApiBody({ type: OldChatDto })
  @ApiResultOrStream()
  @ApiProblems(400, 401, 403, 404)
  async executeChat(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Caller() caller: Credential,
  ): Promise<void> {
    await this.run(readOldChatBody(request.body, { streaming: false }), request, reply, caller);
  }

  @Post('execute/chat/streaming')
  @Needs('executions:run')
  @Deprecated('/api/v1/workflows/execute')
  @ApiOperation({
    operationId: 'executeChatStreamingDeprecated',
    deprecated: true,
    summary: 'Use POST /workflows/execute with config.streaming',
  })
  @ApiBody({ type: OldChatDto })
  @ApiResultOrStream()
  @ApiProblems(400, 401, 403, 404)
  async executeChatStreaming(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Caller() caller: Credential,
  ): Promise<void> {
    await this.run(readOldChatBody(request.body, { streaming: true }), request, reply, caller);
  }

  private async run(
    body: ExecuteBody,
    request: FastifyRequest,
    reply: FastifyReply,
    caller: Credential,
  ): Promise<void> {
    const { config, workflow_type } = body.request;
    if (workflow_type === 'custom' && !holds(caller.scopes, 'definitions:write')) {
      throw new Problem(
        'forbidden',
        'A graph of your own needs the right definitions:write, too, which your credential does not hold.',
      );
    }
    const command = new ExecuteWorkflow(
      body,
      caller,
      tokenHeader(request, 'idempotency-key'),
      tokenHeader(request, 'x-correlation-id'),
    );
    const run = await this.commands.execute(command);
    const id = prefixed('exec', run.executionId);
    const headers = {
      location: `/api/v1/workflows/executions/${id}`,
      'x-execution-id': id,
      ...(run.replayed && { 'idempotent-replayed': 'true' }),
    };

    if (config?.streaming) {
      const accepted = { ...headers, 'x-chatter-position': await run.accepted() };
      const stream = new EventStream(reply, { headers: accepted, stillMay: request.stillMay! });
      const stepEvents = config.stream_events ?? false;
      return streamRun(this.engine, stream, {
        tenant: caller.tenant,
        executionId: run.executionId,
        frames: await run.watch(stream.gone.signal),
        stepEvents,
      });
    }
    const { async, waitMs } = preference(request);
    const position = config?.async || async ? await run.accepted() : null;
    const result = await run.settled(position === null ? (waitMs ?? this.environment.syncWaitMs) : 0);
    const last = position ?? (await run.accepted());
    void reply
      .code(position !== null || result.success === null ? 202 : 200)
      .headers({ ...headers, 'x-chatter-position': last })
      .send(result);
  }
}

/** The old bodies had the options beside the input. */
function inNewForm({ debug_mode, ...body }: Record<string, unknown>): Record<string, unknown> {
  return debug_mode === undefined
    ? body
    : { ...body, config: { ...(body['config'] as object | undefined), debug_mode } };
}
