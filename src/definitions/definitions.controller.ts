import { randomUUID } from 'node:crypto';
import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  Param,
  Patch,
  Post,
  Put,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { derivedId } from '#runtime';
import { holds } from '#engine';
import { ReadModel } from '#read-model';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller, Needs } from '../auth/access.js';
import type { Credential } from '../auth/credential.js';
import { ENVIRONMENT, type Environment } from '../config/environment.js';
import { OwnWrites } from '../database/own-writes.js';
import { ApiProblems } from '../docs/api-problems.js';
import { prefixed } from '../http/ids.js';
import { Problem } from '../http/problem.js';
import { matchHeader, tokenHeader } from '../http/request-headers.js';
import { PublishDefinition } from './commands/publish-definition.command.js';
import { ValidateWorkflow } from './commands/validate-workflow.query.js';
import {
  ChangeDefinitionDto,
  DefinitionDto,
  DefinitionListDto,
  ListDefinitionsDto,
  ValidateDto,
  ValidationDto,
  WriteDefinitionDto,
} from './definition.dto.js';
import { DefinitionAnswers } from './definition-answers.js';
import { listedView } from './definition-view.js';
import { Definitions } from './definitions.js';

@ApiTags('Definitions')
@ApiBearerAuth()
@Controller('api/v1/workflows/definitions')
export class DefinitionsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly definitions: Definitions,
    private readonly answers: DefinitionAnswers,
    private readonly readModel: ReadModel,
    private readonly ownWrites: OwnWrites,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {}

  @Post()
  @Needs('definitions:write')
  @ApiOperation({ operationId: 'createDefinition', summary: 'Publish the first version of a new definition' })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'The same key and body make one definition only.',
  })
  @ApiCreatedResponse({ type: DefinitionDto })
  @ApiProblems(400, 401, 403, 409, 413, 422)
  async create(
    @Body() body: WriteDefinitionDto,
    @Req() request: FastifyRequest,
    @Caller() caller: Credential,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DefinitionDto> {
    const once = tokenHeader(request, 'idempotency-key');
    const id = once === undefined ? randomUUID() : derivedId(this.environment.authSecret, caller, 'definitions', once);
    const { definition, replayed, validation } = await this.commands.execute(
      new PublishDefinition({ is: 'new', id }, body, caller),
    );
    reply.header('location', `/api/v1/workflows/definitions/${prefixed('wf', definition.id)}`);
    if (replayed) reply.header('idempotent-replayed', 'true');
    return this.answers.of(definition, caller, reply, validation);
  }

  @Get()
  @Needs('definitions:read')
  @ApiOperation({ operationId: 'listDefinitions', summary: 'Your definitions, and public ones' })
  @ApiOkResponse({ type: DefinitionListDto })
  @ApiProblems(400, 401, 403)
  async list(@Query() query: ListDefinitionsDto, @Caller() caller: Credential): Promise<DefinitionListDto> {
    await this.ownWrites.seen(query.min_position);
    const { min_position: _, ...filter } = query;
    const wish = { ...filter, tenant: caller.tenant, subject: caller.sub } as Parameters<
      ReadModel['definitions']['list']
    >[0];
    const page = await this.readModel.definitions.list(wish);
    return { definitions: page.rows.map(listedView), total_count: page.total_count, next_cursor: page.next_cursor };
  }

  @Post('validate')
  @Needs('definitions:read')
  @HttpCode(200)
  @ApiOperation({ operationId: 'validateDefinition', summary: 'What the four layers find; executes nothing' })
  @ApiOkResponse({ type: ValidationDto })
  @ApiProblems(400, 401, 403, 404)
  async validate(@Body() body: ValidateDto, @Caller() caller: Credential): Promise<ValidationDto> {
    const { definition_id, ...graph } = body;
    if (definition_id === undefined || definition_id === null)
      return this.queries.execute(new ValidateWorkflow(graph, caller));
    const { id, state } = await this.answers.known(definition_id, caller);
    const { nodes, edges } = await this.definitions.graph(caller.tenant, state.versions.at(-1)!.graph_digest);
    return this.queries.execute(new ValidateWorkflow({ nodes, edges }, caller, { definitionId: id, published: true }));
  }

  @Get(':id')
  @Needs('definitions:read')
  @ApiOperation({ operationId: 'getDefinition', summary: 'A definition, with its newest version' })
  @ApiOkResponse({ type: DefinitionDto })
  @ApiProblems(401, 403, 404)
  async get(
    @Param('id') id: string,
    @Caller() caller: Credential,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DefinitionDto> {
    return this.answers.of({ ...(await this.answers.known(id, caller)), position: null }, caller, reply);
  }

  @Put(':id')
  @Needs('definitions:write')
  @ApiOperation({
    operationId: 'publishDefinition',
    summary: 'Publish the next version; the ones before stay as they are',
  })
  @ApiHeader({
    name: 'If-Match',
    required: false,
    description: 'The version you have seen: a newer one refuses this with 412.',
  })
  @ApiOkResponse({ type: DefinitionDto })
  @ApiProblems(400, 401, 403, 404, 409, 412, 413, 422)
  async publish(
    @Param('id') id: string,
    @Body() body: WriteDefinitionDto,
    @Req() request: FastifyRequest,
    @Caller() caller: Credential,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DefinitionDto> {
    const { id: bare } = await this.answers.known(id, caller);
    const { definition, validation } = await this.commands.execute(
      new PublishDefinition({ is: 'known', id: bare }, body, caller, matchHeader(request)),
    );
    return this.answers.of(definition, caller, reply, validation);
  }

  @Patch(':id')
  @Needs('definitions:write')
  @ApiOperation({
    operationId: 'changeDefinition',
    summary: 'Change name, description, tags, visibility, and whether its triggers are live; no new version',
  })
  @ApiHeader({ name: 'If-Match', required: false, description: 'The version you have seen.' })
  @ApiOkResponse({ type: DefinitionDto })
  @ApiProblems(400, 401, 403, 404, 409, 412)
  async change(
    @Param('id') id: string,
    @Body() body: ChangeDefinitionDto,
    @Req() request: FastifyRequest,
    @Caller() caller: Credential,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DefinitionDto> {
    const { id: bare } = await this.answers.known(id, caller);
    if (body.active === true && !holds(caller.scopes, 'executions:run')) {
      throw new Problem('forbidden', 'What is active begins executions: it needs the right executions:run, too.');
    }
    const changes = Object.fromEntries(
      Object.entries(body).filter(([, value]) => value !== undefined && value !== null),
    );
    return this.answers.of(await this.definitions.change(bare, changes, caller, matchHeader(request)), caller, reply);
  }

  @Delete(':id')
  @Needs('definitions:write')
  @HttpCode(204)
  @ApiOperation({ operationId: 'deleteDefinition', summary: 'Delete it; the log keeps it, and what runs goes on' })
  @ApiHeader({ name: 'If-Match', required: false, description: 'The version you have seen.' })
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 403, 404, 409, 412)
  async delete(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Caller() caller: Credential,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const { id: bare } = await this.answers.known(id, caller);
    const { position } = await this.definitions.delete(bare, caller, matchHeader(request));
    if (position) reply.header('x-chatter-position', position);
  }
}
