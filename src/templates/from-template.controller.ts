import { randomUUID } from 'node:crypto';
import { Body, Controller, Inject, Post, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiCreatedResponse, ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import { derivedId } from '#runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller, Needs } from '../auth/access.js';
import type { Credential } from '../auth/credential.js';
import { ENVIRONMENT, type Environment } from '../config/environment.js';
import { DefinitionDto } from '../definitions/definition.dto.js';
import { DefinitionAnswers } from '../definitions/definition-answers.js';
import { ApiProblems } from '../docs/api-problems.js';
import { prefixed } from '../http/ids.js';
import { tokenHeader } from '../http/request-headers.js';
import { InstantiateTemplate } from './commands/instantiate-template.command.js';
import { FromTemplateDto } from './template.dto.js';
import { TemplateAnswers } from './template-answers.js';

@ApiTags('Templates')
@ApiBearerAuth()
@Controller('api/v1/workflows/definitions')
export class FromTemplateController {
  constructor(
    private readonly commands: CommandBus,
    private readonly templates: TemplateAnswers,
    private readonly definitions: DefinitionAnswers,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {}

  @Post('from-template')
  @Needs('definitions:write')
  @ApiOperation({
    operationId: 'createDefinitionFromTemplate',
    summary: 'Publish a definition from a template, with its parameters filled in',
  })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'The same key and body make one definition only.',
  })
  @ApiCreatedResponse({ type: DefinitionDto })
  @ApiProblems(400, 401, 403, 404, 409, 422)
  async create(
    @Body() { template_id, name, params }: FromTemplateDto,
    @Req() request: FastifyRequest,
    @Caller() caller: Credential,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DefinitionDto> {
    const template = await this.templates.known(template_id, caller);
    const once = tokenHeader(request, 'idempotency-key');
    const id =
      once === undefined
        ? randomUUID()
        : derivedId(this.environment.authSecret, caller, 'definitions/from-template', once);
    const { definition, replayed, validation } = await this.commands.execute(
      new InstantiateTemplate(template, params ?? {}, name ?? undefined, id, caller),
    );
    reply.header('location', `/api/v1/workflows/definitions/${prefixed('wf', definition.id)}`);
    if (replayed) reply.header('idempotent-replayed', 'true');
    return this.definitions.of(definition, caller, reply, validation);
  }
}
