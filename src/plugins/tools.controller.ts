import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type ListedTool, McpServers, type McpServerStatus, ToolRegistry } from '#plugin-host';
import { Needs } from '../auth/access.js';
import { ApiProblems } from '../docs/api-problems.js';
import { type McpServerDto, type ToolDto, ToolListDto } from './tools.dto.js';

@ApiTags('Node types and models')
@ApiBearerAuth()
@Controller('api/v1/workflows')
export class ToolsController {
  constructor(
    private readonly registry: ToolRegistry,
    private readonly servers: McpServers,
  ) {}

  @Get('tools')
  @Needs('definitions:read')
  @ApiOperation({ operationId: 'listTools', summary: 'Every tool that a model or a tool node may call' })
  @ApiOkResponse({ type: ToolListDto })
  @ApiProblems(401, 403)
  listTools(): ToolListDto {
    const tools = this.registry.list().map(toolView);
    return { tools, mcp_servers: this.servers.status().map(serverView), total_count: tools.length, next_cursor: null };
  }
}

/** Why a server is away names places of the machine: that is told in /health. */
const serverView = ({ name, transport, available, tools, problems }: McpServerStatus): McpServerDto => ({
  ...{ name, transport, available, tools, problems },
});

const toolView = ({ argumentsSchema, ...tool }: ListedTool): ToolDto => ({
  ...tool,
  arguments_schema: argumentsSchema,
});
