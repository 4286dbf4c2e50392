import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Models, NodeCatalogue, type InstalledNode } from '#plugin-host';
import { Needs } from '../auth/access.js';
import { ApiProblems } from '../docs/api-problems.js';
import { ModelListDto, NodeTypeListDto, type NodeTypeDto } from './definition.dto.js';

@ApiTags('Node types and models')
@ApiBearerAuth()
@Controller('api/v1/workflows')
export class NodeTypesController {
  constructor(
    private readonly catalogue: NodeCatalogue,
    private readonly models: Models,
  ) {}

  @Get('node-types')
  @Needs('definitions:read')
  @ApiOperation({ operationId: 'listNodeTypes', summary: 'Every node type that a graph may use' })
  @ApiOkResponse({ type: NodeTypeListDto })
  @ApiProblems(401, 403)
  nodeTypes(): NodeTypeListDto {
    const all = this.catalogue.all().map(nodeTypeView);
    return { node_types: all, total_count: all.length, next_cursor: null };
  }

  @Get('models')
  @Needs('definitions:read')
  @ApiOperation({ operationId: 'listModels', summary: 'Every model that may be used, with its prices' })
  @ApiOkResponse({ type: ModelListDto })
  @ApiProblems(401, 403)
  listModels(): ModelListDto {
    const models = [...this.models.list()];
    return { models, total_count: models.length, next_cursor: null };
  }
}

const nodeTypeView = ({ definition: { descriptor }, plugin }: InstalledNode): NodeTypeDto => ({
  type: descriptor.type,
  version: descriptor.version,
  kind: descriptor.kind,
  label: descriptor.label,
  description: descriptor.description,
  category: descriptor.category,
  icon: descriptor.icon ?? null,
  color: descriptor.color ?? null,
  ports: [...descriptor.ports],
  effects: descriptor.effects,
  config_schema: descriptor.configSchema,
  plugin,
  aliases: descriptor.aliases,
});
