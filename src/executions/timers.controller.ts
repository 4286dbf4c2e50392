import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ReadModel, type ListedTimer } from '#read-model';
import { Caller, Needs } from '../auth/access.js';
import type { Credential } from '../auth/credential.js';
import { OwnWrites } from '../database/own-writes.js';
import { ApiProblems } from '../docs/api-problems.js';
import { prefixed, uuidIn } from '../http/ids.js';
import { ListTimersDto, TimerListDto, type TimerDto } from './timer.dto.js';

/** What executions will do by themselves, and when. */
@ApiTags('Executions')
@ApiBearerAuth()
@Controller('api/v1/workflows')
export class TimersController {
  constructor(
    private readonly readModel: ReadModel,
    private readonly ownWrites: OwnWrites,
  ) {}

  @Get('timers')
  @Needs('executions:read')
  @ApiOperation({
    operationId: 'listTimers',
    summary: 'Moments until which executions wait, the first due first',
    description:
      'Delays, and how long signals and approvals are waited for. The wait before another attempt of a step is none.',
  })
  @ApiOkResponse({ type: TimerListDto })
  @ApiProblems(400, 401, 403)
  async list(@Query() query: ListTimersDto, @Caller() caller: Credential): Promise<TimerListDto> {
    const { execution_id, min_position, ...filter } = query;
    await this.ownWrites.seen(min_position);
    const { rows, ...page } = await this.readModel.timers.list({
      ...filter,
      tenant: caller.tenant,
      ...(execution_id !== undefined && { execution_id: uuidIn('exec', execution_id) ?? 'none' }),
    });
    return { timers: rows.map(view), ...page };
  }
}

const view = ({ id: _, execution_id, ...timer }: ListedTimer): TimerDto => ({
  execution_id: prefixed('exec', execution_id),
  ...timer,
});
