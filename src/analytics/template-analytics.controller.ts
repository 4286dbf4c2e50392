import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { ReadModel } from '#read-model';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller, Needs } from '../auth/access.js';
import type { Credential } from '../auth/credential.js';
import { OwnWrites } from '../database/own-writes.js';
import { ApiProblems } from '../docs/api-problems.js';
import { TemplateAnswers } from '../templates/template-answers.js';
import { templateView } from './analytics-view.js';
import { TableQueryDto, TemplateAnalyticsDto } from './analytics.dto.js';
import { answered } from './tables.js';

@ApiTags('Templates')
@ApiBearerAuth()
@Controller('api/v1/workflows/templates/:id/analytics')
export class TemplateAnalyticsController {
  constructor(
    private readonly answers: TemplateAnswers,
    private readonly readModel: ReadModel,
    private readonly ownWrites: OwnWrites,
  ) {}

  @Get()
  @Needs('templates:read')
  @ApiOperation({ operationId: 'getTemplateAnalytics', summary: 'How it is used, counted from its executions' })
  @ApiProduces('application/json', 'text/csv')
  @ApiOkResponse({ type: TemplateAnalyticsDto })
  @ApiProblems(400, 401, 403, 404, 503)
  async analytics(
    @Param('id') id: string,
    @Query() query: TableQueryDto,
    @Caller() caller: Credential,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TemplateAnalyticsDto | string> {
    const { id: bare } = await this.answers.known(id, caller);
    await this.ownWrites.seen(query.min_position);
    const view = templateView(bare, await this.readModel.templateUsage.of(caller.tenant, bare));
    const table = { name: view.template_id, columns: Object.keys(view), rows: [view] };
    return answered(view, table, query, request, reply);
  }
}
