import { randomUUID } from 'node:crypto';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
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
import { digestOf } from '#engine';
import type { JsonObject } from '#plugin-sdk';
import { ReadModel } from '#read-model';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller, Needs } from '../auth/access.js';
import type { Credential } from '../auth/credential.js';
import { ENVIRONMENT, type Environment } from '../config/environment.js';
import { OwnWrites } from '../database/own-writes.js';
import { ValidationDto } from '../definitions/definition.dto.js';
import { ApiProblems } from '../docs/api-problems.js';
import { prefixed } from '../http/ids.js';
import { matchHeader, tokenHeader } from '../http/request-headers.js';
import { SaveTemplate } from './commands/save-template.command.js';
import { SentTemplates } from './sent-templates.js';
import {
  CreateTemplateDto,
  ListTemplatesDto,
  TemplateDto,
  TemplateListDto,
  ValidateTemplateDto,
  WriteTemplateDto,
} from './template.dto.js';
import { TemplateAnswers } from './template-answers.js';
import { sentTemplate } from './template-body.js';
import { listedView } from './template-view.js';
import { Templates } from './templates.js';

@ApiTags('Templates')
@ApiBearerAuth()
@Controller('api/v1/workflows/templates')
export class TemplatesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly templates: Templates,
    private readonly answers: TemplateAnswers,
    private readonly sent: SentTemplates,
    private readonly readModel: ReadModel,
    private readonly ownWrites: OwnWrites,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {}

  @Post()
  @Needs('templates:write')
  @ApiOperation({ operationId: 'createTemplate', summary: 'Make a template, of a graph or of a definition' })
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: 'The same key and body make one template only.' })
  @ApiCreatedResponse({ type: TemplateDto })
  @ApiProblems(400, 401, 403, 404, 409, 413, 422)
  async create(
    @Body() body: CreateTemplateDto,
    @Req() request: FastifyRequest,
    @Caller() caller: Credential,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TemplateDto> {
    const once = tokenHeader(request, 'idempotency-key');
    const target =
      once === undefined
        ? { id: randomUUID() }
        : {
            id: derivedId(this.environment.authSecret, caller, 'templates', once),
            requestDigest: digestOf(request.body as JsonObject),
          };
    const sent = await this.sent.toCreate(body, caller);
    const { template, replayed, validation } = await this.commands.execute(
      new SaveTemplate({ is: 'new', ...target }, sent, caller),
    );
    reply.header('location', `/api/v1/workflows/templates/${prefixed('tpl', template.id)}`);
    if (replayed) reply.header('idempotent-replayed', 'true');
    return this.answers.of(template, caller, reply, validation ?? undefined);
  }

  @Get()
  @Needs('templates:read')
  @ApiOperation({ operationId: 'listTemplates', summary: 'Your templates, public ones, and those that are built in' })
  @ApiOkResponse({ type: TemplateListDto })
  @ApiProblems(400, 401, 403)
  async list(@Query() query: ListTemplatesDto, @Caller() caller: Credential): Promise<TemplateListDto> {
    await this.ownWrites.seen(query.min_position);
    const { min_position: _, is_public, ...filter } = query;
    const wish = {
      ...filter,
      ...(is_public !== undefined && { is_public: is_public === 'true' }),
      tenant: caller.tenant,
      subject: caller.sub,
    } as Parameters<ReadModel['templates']['list']>[0];
    const page = await this.readModel.templates.list(wish, this.templates.builtIn.rows());
    return { templates: page.rows.map(listedView), total_count: page.total_count, next_cursor: page.next_cursor };
  }

  @Post('validate')
  @Needs('templates:read')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'validateTemplate',
    summary: 'What the four layers find with the defaults filled in; executes nothing',
  })
  @ApiOkResponse({ type: ValidationDto })
  @ApiProblems(400, 401, 403, 404)
  async validate(@Body() body: ValidateTemplateDto, @Caller() caller: Credential): Promise<ValidationDto> {
    return this.sent.validate(body, caller);
  }

  @Get(':id')
  @Needs('templates:read')
  @ApiOperation({ operationId: 'getTemplate', summary: 'A template, with its graph and parameters' })
  @ApiOkResponse({ type: TemplateDto })
  @ApiProblems(401, 403, 404)
  async get(
    @Param('id') id: string,
    @Caller() caller: Credential,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TemplateDto> {
    return this.answers.of(await this.answers.known(id, caller), caller, reply);
  }

  @Put(':id')
  @Needs('templates:write')
  @ApiOperation({ operationId: 'changeTemplate', summary: 'Save its next version; executions that run go on' })
  @ApiHeader({
    name: 'If-Match',
    required: false,
    description: 'The version you have seen: a newer one refuses this with 412.',
  })
  @ApiOkResponse({ type: TemplateDto })
  @ApiProblems(400, 401, 403, 404, 409, 412, 413, 422)
  async change(
    @Param('id') id: string,
    @Body() body: WriteTemplateDto,
    @Req() request: FastifyRequest,
    @Caller() caller: Credential,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TemplateDto> {
    const { id: bare } = await this.answers.known(id, caller);
    const seen = matchHeader(request);
    const { template, validation } = await this.commands.execute(
      new SaveTemplate({ is: 'known', id: bare, ...(seen !== undefined && { seen }) }, sentTemplate(body), caller),
    );
    return this.answers.of(template, caller, reply, validation ?? undefined);
  }

  @Delete(':id')
  @Needs('templates:write')
  @HttpCode(204)
  @ApiOperation({ operationId: 'deleteTemplate', summary: 'Delete it; the log keeps it, and what runs goes on' })
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
    const { position } = await this.templates.delete(bare, caller, matchHeader(request));
    if (position) reply.header('x-chatter-position', position);
  }
}
