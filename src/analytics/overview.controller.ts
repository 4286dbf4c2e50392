import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { ReadModel, type Overview } from '#read-model';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller, Needs } from '../auth/access.js';
import type { Credential } from '../auth/credential.js';
import { OwnWrites } from '../database/own-writes.js';
import { ApiProblems } from '../docs/api-problems.js';
import { Templates } from '../templates/templates.js';
import { overviewView, type Names } from './analytics-view.js';
import { OverviewDto, OverviewQueryDto } from './analytics.dto.js';
import { daysOf } from './days.js';
import { answered, columns } from './tables.js';

@ApiTags('Analytics')
@ApiBearerAuth()
@Controller('api/v1/analytics')
export class OverviewController {
  constructor(
    private readonly readModel: ReadModel,
    private readonly ownWrites: OwnWrites,
    private readonly templates: Templates,
  ) {}

  @Get('overview')
  @Needs('executions:read')
  @ApiOperation({
    operationId: 'getAnalyticsOverview',
    summary: 'What executions came to, by day, model, definition and template',
  })
  @ApiProduces('application/json', 'text/csv')
  @ApiOkResponse({ type: OverviewDto })
  @ApiProblems(400, 401, 403, 503)
  async overview(
    @Query() query: OverviewQueryDto,
    @Caller() { tenant }: Credential,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OverviewDto | string> {
    const days = daysOf(query, Date.now());
    await this.ownWrites.seen(query.min_position);
    const overview = await this.readModel.overview.of(tenant, days.from, days.to);
    const view = overviewView(days, overview, await this.names(tenant, overview));
    const { by = 'day' } = query;
    const name = `overview-by-${by}-${days.from}-${days.to}`;
    return answered(view, { name, columns: columns[by], rows: view[`by_${by}`] }, query, request, reply);
  }

  private async names(
    tenant: string,
    { by_definition, by_template }: Overview,
  ): Promise<{ readonly definitions: Names; readonly templates: Names }> {
    const definitions = by_definition.flatMap(({ definition_id }) => definition_id ?? []);
    const templates = by_template.flatMap(({ template_id }) => template_id ?? []);
    const builtIn = this.templates.builtIn.rows().map(({ id, name }) => [id, name] as const);
    return {
      definitions: await this.readModel.definitions.names(tenant, definitions),
      templates: new Map([...builtIn, ...(await this.readModel.templates.names(tenant, templates))]),
    };
  }
}
