import { randomUUID } from 'node:crypto';
import { Controller, Get, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import {
  ApiBearerAuth,
  ApiBody,
  ApiCreatedResponse,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { derivedId } from '#runtime';
import { digestOf } from '#engine';
import type { JsonObject } from '#plugin-sdk';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller, Needs } from '../auth/access.js';
import type { Credential } from '../auth/credential.js';
import { ENVIRONMENT, type Environment } from '../config/environment.js';
import { ApiProblems } from '../docs/api-problems.js';
import { prefixed } from '../http/ids.js';
import { tokenHeader } from '../http/request-headers.js';
import { ImportTemplate } from './commands/import-template.command.js';
import { EnvelopeDto, ImportedTemplateDto, ImportQueryDto } from './template.dto.js';
import { TemplateAnswers } from './template-answers.js';
import { envelopeOf, readEnvelope } from './template-envelope.js';
import { Templates } from './templates.js';

@ApiTags('Templates')
@ApiBearerAuth()
@Controller('api/v1/workflows/templates')
export class TemplateExchangeController {
  constructor(
    private readonly commands: CommandBus,
    private readonly templates: Templates,
    private readonly answers: TemplateAnswers,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {}

  @Get(':id/export')
  @Needs('templates:read')
  @ApiOperation({ operationId: 'exportTemplate', summary: 'A file of it, for another server or another name' })
  @ApiOkResponse({ type: EnvelopeDto })
  @ApiProblems(401, 403, 404)
  async export(@Param('id') id: string, @Caller() caller: Credential): Promise<EnvelopeDto> {
    const template = await this.answers.known(id, caller);
    return envelopeOf(template, await this.templates.content(caller.tenant, template));
  }

  @Post('import')
  @Needs('templates:write')
  @HttpCode(201)
  @ApiOperation({ operationId: 'importTemplate', summary: 'Make a template of such a file; executes nothing' })
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: 'The same key and file make one template only.' })
  @ApiBody({ type: EnvelopeDto })
  @ApiCreatedResponse({ type: ImportedTemplateDto })
  @ApiOkResponse({ type: ImportedTemplateDto, description: 'It has replaced a template of that name.' })
  @ApiProblems(400, 401, 403, 409, 413, 422)
  async import(
    @Query() { on_conflict = 'rename' }: ImportQueryDto,
    @Req() request: FastifyRequest,
    @Caller() caller: Credential,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ImportedTemplateDto> {
    const carried = readEnvelope(request.body);
    const once = tokenHeader(request, 'idempotency-key');
    const target =
      once === undefined
        ? { id: randomUUID() }
        : {
            id: derivedId(this.environment.authSecret, caller, 'templates/import', once),
            requestDigest: digestOf([on_conflict, request.body as JsonObject]),
          };
    const { template, validation, warnings, replayed, replaced } = await this.commands.execute(
      new ImportTemplate(target, carried, on_conflict, caller),
    );
    reply.header('location', `/api/v1/workflows/templates/${prefixed('tpl', template.id)}`);
    if (replayed) reply.header('idempotent-replayed', 'true');
    if (replaced) reply.code(200);
    return { ...(await this.answers.of(template, caller, reply, validation ?? undefined)), warnings };
  }
}
