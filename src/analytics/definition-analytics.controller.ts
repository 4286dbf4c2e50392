import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { complexityOf } from '#engine';
import { ReadModel } from '#read-model';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller, Needs } from '../auth/access.js';
import type { Credential } from '../auth/credential.js';
import { OwnWrites } from '../database/own-writes.js';
import { DefinitionAnswers } from '../definitions/definition-answers.js';
import { Definitions } from '../definitions/definitions.js';
import { ApiProblems } from '../docs/api-problems.js';
import { definitionView } from './analytics-view.js';
import { DefinitionAnalyticsDto, PeriodQueryDto } from './analytics.dto.js';
import { periodOf } from './days.js';
import { answered, columns } from './tables.js';

@ApiTags('Definitions')
@ApiBearerAuth()
@Controller('api/v1/workflows/definitions/:id/analytics')
export class DefinitionAnalyticsController {
  constructor(
    private readonly answers: DefinitionAnswers,
    private readonly definitions: Definitions,
    private readonly readModel: ReadModel,
    private readonly ownWrites: OwnWrites,
  ) {}

  @Get()
  @Needs('definitions:read')
  @ApiOperation({
    operationId: 'getDefinitionAnalytics',
    summary: 'What its executions came to, as a whole, by node and by model; which nodes are slow; how intricate it is',
  })
  @ApiProduces('application/json', 'text/csv')
  @ApiOkResponse({ type: DefinitionAnalyticsDto })
  @ApiProblems(400, 401, 403, 404, 503)
  async analytics(
    @Param('id') id: string,
    @Query() query: PeriodQueryDto,
    @Caller() caller: Credential,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DefinitionAnalyticsDto | string> {
    const { id: bare, state } = await this.answers.known(id, caller);
    const period = periodOf(query);
    await this.ownWrites.seen(query.min_position);
    const usage = await this.readModel.definitionUsage.of(caller.tenant, bare, period);
    const graph = await this.definitions.graph(caller.tenant, state.versions.at(-1)!.graph_digest);
    const view = definitionView(bare, usage, query, { nodes: graph.nodes, complexity: complexityOf(graph) });
    const table = { name: view.definition_id, columns: columns.node, rows: view.by_node };
    return answered(view, table, query, request, reply);
  }
}
