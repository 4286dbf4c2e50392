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
import type { PublishedState } from '#engine';
import { ReadModel } from '#read-model';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller, Needs } from '../auth/access.js';
import type { Credential } from '../auth/credential.js';
import { ENVIRONMENT, type Environment } from '../config/environment.js';
import { OwnWrites } from '../database/own-writes.js';
import { ApiProblems } from '../docs/api-problems.js';
import { prefixed, uuidIn } from '../http/ids.js';
import { derivedUuid } from '../http/idempotency.js';
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
  VersionListDto,
  WriteDefinitionDto,
} from './definition.dto.js';
import { definitionView, listedView, versionView } from './definition-view.js';
import { Definitions, type Definition } from './definitions.js';

@ApiTags('Definitions')
@ApiBearerAuth()
@Controller('api/v1/workflows/definitions')
export class DefinitionsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly definitions: Definitions,
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
    const id =
      once === undefined ? randomUUID() : derivedUuid(this.environment.authSecret, caller, 'definitions', once);
    const { definition, replayed, validation } = await this.commands.execute(
      new PublishDefinition({ is: 'new', id }, body, caller),
    );
    reply.header('location', `/api/v1/workflows/definitions/${prefixed('wf', definition.id)}`);
    if (replayed) reply.header('idempotent-replayed', 'true');
    return this.answer(definition, caller, reply, validation);
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
    const { state } = await this.known(definition_id, caller);
    const { nodes, edges } = await this.definitions.graph(caller.tenant, state.versions.at(-1)!.graph_digest);
    return this.queries.execute(new ValidateWorkflow({ nodes, edges }, caller));
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
    return this.answer({ ...(await this.known(id, caller)), position: null }, caller, reply);
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
  @ApiProblems(400, 401, 403, 404, 412, 413, 422)
  async publish(
    @Param('id') id: string,
    @Body() body: WriteDefinitionDto,
    @Req() request: FastifyRequest,
    @Caller() caller: Credential,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DefinitionDto> {
    const { id: bare } = await this.known(id, caller);
    const { definition, validation } = await this.commands.execute(
      new PublishDefinition({ is: 'known', id: bare }, body, caller, matchHeader(request)),
    );
    return this.answer(definition, caller, reply, validation);
  }

  @Patch(':id')
  @Needs('definitions:write')
  @ApiOperation({
    operationId: 'changeDefinition',
    summary: 'Change name, description, tags, visibility; no new version',
  })
  @ApiOkResponse({ type: DefinitionDto })
  @ApiProblems(400, 401, 403, 404)
  async change(
    @Param('id') id: string,
    @Body() body: ChangeDefinitionDto,
    @Caller() caller: Credential,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DefinitionDto> {
    const { id: bare } = await this.known(id, caller);
    const changes = Object.fromEntries(
      Object.entries(body).filter(([, value]) => value !== undefined && value !== null),
    );
    return this.answer(await this.definitions.change(bare, changes, caller), caller, reply);
  }

  @Delete(':id')
  @Needs('definitions:write')
  @HttpCode(204)
  @ApiOperation({ operationId: 'deleteDefinition', summary: 'Delete it; the log keeps it, and what runs goes on' })
  @ApiNoContentResponse()
  @ApiProblems(401, 403, 404)
  async delete(
    @Param('id') id: string,
    @Caller() caller: Credential,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const { id: bare } = await this.known(id, caller);
    const { position } = await this.definitions.delete(bare, caller);
    if (position) reply.header('x-chatter-position', position);
  }

  @Get(':id/versions')
  @Needs('definitions:read')
  @ApiOperation({ operationId: 'listDefinitionVersions', summary: 'Its published versions, newest first' })
  @ApiOkResponse({ type: VersionListDto })
  @ApiProblems(401, 403, 404)
  async versions(@Param('id') id: string, @Caller() caller: Credential): Promise<VersionListDto> {
    const { state } = await this.known(id, caller);
    return {
      versions: state.versions.toReversed().map(versionView),
      total_count: state.versions.length,
      next_cursor: null,
    };
  }

  @Get(':id/versions/:version')
  @Needs('definitions:read')
  @ApiOperation({ operationId: 'getDefinitionVersion', summary: 'One published version, with its graph' })
  @ApiOkResponse({ type: DefinitionDto })
  @ApiProblems(401, 403, 404)
  async version(
    @Param('id') id: string,
    @Param('version') version: string,
    @Caller() caller: Credential,
  ): Promise<DefinitionDto> {
    const { id: bare, state } = await this.known(id, caller);
    const wanted = state.versions[Number(version) - 1];
    if (!wanted) throw new Problem('version_not_found', `The definition ${id} has no version ${version}.`);
    return definitionView(bare, state, wanted, await this.definitions.graph(caller.tenant, wanted.graph_digest));
  }

  @Post(':id/versions/:version/restore')
  @Needs('definitions:write')
  @HttpCode(200)
  @ApiOperation({ operationId: 'restoreDefinitionVersion', summary: 'Publish an old version again, as the newest' })
  @ApiOkResponse({ type: DefinitionDto })
  @ApiProblems(401, 403, 404)
  async restore(
    @Param('id') id: string,
    @Param('version') version: string,
    @Caller() caller: Credential,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DefinitionDto> {
    const { id: bare } = await this.known(id, caller);
    return this.answer(await this.definitions.restore(bare, Number(version), caller), caller, reply);
  }

  private async known(id: string, { tenant }: Credential): Promise<{ id: string; state: PublishedState }> {
    const bare = uuidIn('wf', id);
    const state = bare === null ? null : await this.definitions.find(tenant, bare);
    if (bare === null || !state) throw new Problem('definition_not_found', `There is no definition ${id}.`);
    return { id: bare, state };
  }

  private async answer(
    { id, state, position }: Definition,
    caller: Credential,
    reply: FastifyReply,
    validation?: ValidationDto,
  ): Promise<DefinitionDto> {
    const newest = state.versions.at(-1)!;
    if (position) reply.header('x-chatter-position', position);
    reply.header('etag', `"${newest.version}"`);
    const graph = await this.definitions.graph(caller.tenant, newest.graph_digest);
    const { nodes, edges } = graph;
    return {
      ...definitionView(id, state, newest, graph),
      validation: validation ?? (await this.queries.execute(new ValidateWorkflow({ nodes, edges }, caller))),
    };
  }
}
