import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { LoadedPlugins } from '#plugin-host';
import { ReadModel, type ListedPlugin } from '#read-model';
import { Needs } from '../auth/access.js';
import { OwnWrites } from '../database/own-writes.js';
import { ApiProblems } from '../docs/api-problems.js';
import { LOADED_PLUGINS } from './loaded-plugins.js';
import { ListPluginsDto, PluginListDto, type PluginDto } from './plugins.dto.js';

/** What runs here, and what ever did: the digests that executions pin can be looked up. */
@ApiTags('Plugins')
@ApiBearerAuth()
@Controller('api/v1/plugins')
export class PluginsController {
  private readonly loaded: ReadonlySet<string>;

  constructor(
    private readonly readModel: ReadModel,
    private readonly ownWrites: OwnWrites,
    @Inject(LOADED_PLUGINS) private readonly found: LoadedPlugins,
  ) {
    this.loaded = new Set(found.plugins.map(({ digest }) => digest));
  }

  @Get()
  @Needs('plugins:manage')
  @ApiOperation({
    operationId: 'listPlugins',
    summary: 'Plugins that are installed, and those that were, each version by its digest',
  })
  @ApiOkResponse({ type: PluginListDto })
  @ApiProblems(400, 401, 403)
  async list(@Query() { min_position, ...filter }: ListPluginsDto): Promise<PluginListDto> {
    await this.ownWrites.seen(min_position);
    const { rows, ...page } = await this.readModel.plugins.list(filter);
    return { plugins: rows.map((row) => this.view(row)), refused: [...this.found.refused], ...page };
  }

  private view({ id: digest, position: _, ...plugin }: ListedPlugin): PluginDto {
    return { digest, ...plugin, loaded: this.loaded.has(digest) };
  }
}
