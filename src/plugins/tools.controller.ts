import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type ListedTool, ToolRegistry } from '#plugin-host';
import { Needs } from '../auth/access.js';
import { ApiProblems } from '../docs/api-problems.js';
import { type ToolDto, ToolListDto } from './tools.dto.js';

@ApiTags('Node types and models')
@ApiBearerAuth()
@Controller('api/v1/workflows')
export class ToolsController {
  constructor(private readonly registry: ToolRegistry) {}

  @Get('tools')
  @Needs('definitions:read')
  @ApiOperation({ operationId: 'listTools', summary: 'Every tool that a model or a tool node may call' })
  @ApiOkResponse({ type: ToolListDto })
  @ApiProblems(401, 403)
  listTools(): ToolListDto {
    const tools = this.registry.list().map(toolView);
    return { tools, total_count: tools.length, next_cursor: null };
  }
}

const toolView = ({ argumentsSchema, ...tool }: ListedTool): ToolDto => ({
  ...tool,
  arguments_schema: argumentsSchema,
});
