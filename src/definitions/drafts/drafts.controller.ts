import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiHeader, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller, Needs } from '../../auth/access.js';
import type { Credential } from '../../auth/credential.js';
import { ApiProblems } from '../../docs/api-problems.js';
import { Problem } from '../../http/problem.js';
import { matchHeader } from '../../http/request-headers.js';
import { ValidateWorkflow } from '../commands/validate-workflow.query.js';
import { DefinitionAnswers } from '../definition-answers.js';
import { DefinitionDto, type ValidationDto } from '../definition.dto.js';
import { draftView } from '../definition-view.js';
import { DraftDto, WriteDraftDto } from './draft.dto.js';
import { Drafts, type Draft, type Known } from './drafts.js';
import { PublishDraft } from './publish-draft.command.js';
import { SaveDraft } from './save-draft.command.js';

@ApiTags('Definitions')
@ApiBearerAuth()
@Controller('api/v1/workflows/definitions/:id')
export class DraftsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly drafts: Drafts,
    private readonly answers: DefinitionAnswers,
  ) {}

  @Get('draft')
  @Needs('definitions:read')
  @ApiOperation({ operationId: 'getDraft', summary: 'The draft of a definition, with what the four layers find in it' })
  @ApiOkResponse({ type: DraftDto })
  @ApiProblems(401, 403, 404)
  async get(
    @Param('id') id: string,
    @Caller() caller: Credential,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DraftDto> {
    const known = await this.answers.known(id, caller);
    const draft = await this.drafts.find(caller.tenant, known);
    if (!draft) throw new Problem('draft_not_found', `The definition ${id} has no draft. Save one with PUT …/draft.`);
    const { nodes, edges } = draft.content.graph;
    return this.answer(
      known,
      draft,
      reply,
      await this.queries.execute(
        new ValidateWorkflow({ nodes, edges }, caller, { definitionId: known.id, published: false }),
      ),
    );
  }

  @Put('draft')
  @Needs('definitions:write')
  @ApiOperation({
    operationId: 'saveDraft',
    summary: 'Save what an editor holds, runnable or not; no version is made of it',
  })
  @ApiHeader({
    name: 'If-Match',
    required: false,
    description: 'The revision of the draft that you have seen: another one refuses this with 412.',
  })
  @ApiOkResponse({ type: DraftDto })
  @ApiProblems(400, 401, 403, 404, 412, 413, 422)
  async save(
    @Param('id') id: string,
    @Body() body: WriteDraftDto,
    @Req() request: FastifyRequest,
    @Caller() caller: Credential,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DraftDto> {
    const known = await this.answers.known(id, caller);
    const { draft, validation } = await this.commands.execute(new SaveDraft(known, body, caller, matchHeader(request)));
    return this.answer(known, draft, reply, validation);
  }

  @Delete('draft')
  @Needs('definitions:write')
  @HttpCode(204)
  @ApiOperation({ operationId: 'discardDraft', summary: 'Discard the draft; the versions stay' })
  @ApiHeader({ name: 'If-Match', required: false, description: 'The revision of the draft that you have seen.' })
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 403, 404, 412)
  async discard(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Caller() caller: Credential,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const position = await this.drafts.discard(await this.answers.known(id, caller), caller, matchHeader(request));
    if (position) reply.header('x-chatter-position', position);
  }

  @Post('publish')
  @Needs('definitions:write')
  @HttpCode(200)
  @ApiOperation({ operationId: 'publishDraft', summary: 'Make the next version of the draft, which is then gone' })
  @ApiHeader({
    name: 'If-Match',
    required: false,
    description: 'The version that you have seen: a newer one refuses this with 412.',
  })
  @ApiOkResponse({ type: DefinitionDto })
  @ApiProblems(400, 401, 403, 404, 409, 412, 422)
  async publish(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Caller() caller: Credential,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DefinitionDto> {
    const known = await this.answers.known(id, caller);
    const { definition, validation } = await this.commands.execute(
      new PublishDraft(known, caller, matchHeader(request)),
    );
    return this.answers.of(definition, caller, reply, validation);
  }

  private answer(known: Known, draft: Draft, reply: FastifyReply, validation: ValidationDto): DraftDto {
    if (draft.position) reply.header('x-chatter-position', draft.position);
    reply.header('etag', `"${draft.facts.revision}"`);
    return { ...draftView(known, draft), validation };
  }
}
