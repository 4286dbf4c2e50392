import { Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller, Needs } from '../auth/access.js';
import type { Credential } from '../auth/credential.js';
import { ApiProblems } from '../docs/api-problems.js';
import { Problem } from '../http/problem.js';
import { matchHeader } from '../http/request-headers.js';
import { DefinitionAnswers } from './definition-answers.js';
import { DefinitionDto, VersionListDto } from './definition.dto.js';
import { DefinitionDiffDto, DiffQueryDto } from './definition-diff.dto.js';
import { definitionView, versionView } from './definition-view.js';
import { Definitions } from './definitions.js';
import { DefinitionDiffs } from './definition-diffs.js';

@ApiTags('Definitions')
@ApiBearerAuth()
@Controller('api/v1/workflows/definitions/:id')
export class VersionsController {
  constructor(
    private readonly definitions: Definitions,
    private readonly answers: DefinitionAnswers,
    private readonly diffs: DefinitionDiffs,
  ) {}

  @Get('versions')
  @Needs('definitions:read')
  @ApiOperation({ operationId: 'listDefinitionVersions', summary: 'Its published versions, newest first' })
  @ApiOkResponse({ type: VersionListDto })
  @ApiProblems(401, 403, 404)
  async versions(@Param('id') id: string, @Caller() caller: Credential): Promise<VersionListDto> {
    const { state } = await this.answers.known(id, caller);
    return {
      versions: state.versions.toReversed().map(versionView),
      total_count: state.versions.length,
      next_cursor: null,
    };
  }

  @Get('versions/:version')
  @Needs('definitions:read')
  @ApiOperation({ operationId: 'getDefinitionVersion', summary: 'One published version, with its graph' })
  @ApiOkResponse({ type: DefinitionDto })
  @ApiProblems(401, 403, 404)
  async version(
    @Param('id') id: string,
    @Param('version') version: string,
    @Caller() caller: Credential,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DefinitionDto> {
    const { id: bare, state } = await this.answers.known(id, caller);
    const wanted = state.versions[Number(version) - 1];
    if (!wanted) throw new Problem('version_not_found', `The definition ${id} has no version ${version}.`);
    reply.header('etag', `"${wanted.version}"`);
    return definitionView(bare, state, wanted, await this.definitions.graph(caller.tenant, wanted.graph_digest));
  }

  @Post('versions/:version/restore')
  @Needs('definitions:write')
  @HttpCode(200)
  @ApiOperation({ operationId: 'restoreDefinitionVersion', summary: 'Publish an old version again, as the newest' })
  @ApiHeader({ name: 'If-Match', required: false, description: 'The version you have seen as the newest.' })
  @ApiOkResponse({ type: DefinitionDto })
  @ApiProblems(400, 401, 403, 404, 409, 412)
  async restore(
    @Param('id') id: string,
    @Param('version') version: string,
    @Req() request: FastifyRequest,
    @Caller() caller: Credential,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DefinitionDto> {
    const { id: bare } = await this.answers.known(id, caller);
    const restored = await this.definitions.restore(bare, Number(version), caller, matchHeader(request));
    return this.answers.of(restored, caller, reply);
  }

  @Get('diff')
  @Needs('definitions:read')
  @ApiOperation({
    operationId: 'diffDefinition',
    summary: 'What differs between two versions, or a version and the draft',
  })
  @ApiOkResponse({ type: DefinitionDiffDto })
  @ApiProblems(400, 401, 403, 404)
  async diff(
    @Param('id') id: string,
    @Query() query: DiffQueryDto,
    @Caller() caller: Credential,
  ): Promise<DefinitionDiffDto> {
    return this.diffs.between(await this.answers.known(id, caller), query, caller.tenant);
  }
}
