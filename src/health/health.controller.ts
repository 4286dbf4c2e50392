import { Controller, Get, Inject, type OnModuleDestroy } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { McpServers } from '#plugin-host';
import { ExecutionEngine } from '#runtime';
import { ReadModel } from '#read-model';
import { EventStore, OpenExecutions } from '#event-store';
import { Needs, Public } from '../auth/access.js';
import { STORES, type Stores } from '../database/stores.js';
import { ApiProblems } from '../docs/api-problems.js';
import { Problem } from '../http/problem.js';
import { HealthDto, OkDto } from './health.dto.js';

@ApiTags('Operation')
@Controller('health')
export class HealthController implements OnModuleDestroy {
  private stopping = false;

  constructor(
    private readonly engine: ExecutionEngine,
    private readonly readModel: ReadModel,
    private readonly store: EventStore,
    private readonly openExecutions: OpenExecutions,
    private readonly mcpServers: McpServers,
    @Inject(STORES) private readonly stores: Stores,
  ) {}

  @Get('live')
  @Public()
  @ApiOperation({ operationId: 'live', summary: 'The process answers' })
  @ApiOkResponse({ type: OkDto })
  live(): OkDto {
    return { status: 'ok' };
  }

  onModuleDestroy(): void {
    this.stopping = true;
  }

  /** An answer only when requests can be served: nothing is stopping, the log is read, and so is what stands beside it. */
  @Get('ready')
  @Public()
  @ApiOperation({ operationId: 'ready', summary: 'Requests can be served' })
  @ApiOkResponse({ type: OkDto })
  @ApiProblems(503)
  async ready(): Promise<OkDto> {
    if (this.stopping)
      throw new Problem('shutting_down', 'This process is stopping. Ask another one, or again in a moment.');
    await Promise.all([this.store.head(), this.openExecutions.nextDue()]);
    return { status: 'ok' };
  }

  @Get()
  @Needs('audit:read')
  @ApiBearerAuth()
  @ApiOperation({ operationId: 'health', summary: 'Details: the log, the lists and their lag, what is in memory' })
  @ApiOkResponse({ type: HealthDto })
  @ApiProblems(401, 403)
  async details(): Promise<HealthDto> {
    const { rss, heapUsed } = process.memoryUsage();
    return {
      status: 'ok',
      event_store: this.stores.health(),
      read_model: { position: this.readModel.position(), ...(await this.lag()), ...this.readModel.counts() },
      executions: this.engine.stats(),
      tools: { mcp_servers: this.mcpServers.status() },
      process: {
        uptime_s: Math.round(process.uptime()),
        rss_bytes: rss,
        heap_bytes: heapUsed,
        cpu_us: process.cpuUsage(),
      },
    };
  }

  /** Where the log does not answer, nobody knows how far behind it the lists are. */
  private async lag(): Promise<object> {
    try {
      const lag = await this.readModel.lag();
      return { ...lag, parked_streams: lag.parked === 0 ? [] : await this.readModel.parked() };
    } catch (error) {
      return { events: null, failing: String(error) };
    }
  }
}
