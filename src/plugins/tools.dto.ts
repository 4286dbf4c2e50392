import { ApiProperty } from '@nestjs/swagger';

export class ToolDto {
  @ApiProperty({ example: 'calculator', description: 'Of an MCP server: `<server>__<tool>`.' }) name!: string;
  @ApiProperty() description!: string;
  @ApiProperty({ enum: ['none', 'read', 'write'] }) effects!: string;
  @ApiProperty({ description: 'It honours the idempotency key, so an uncertain call may be repeated.' })
  idempotent!: boolean;
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'JSON Schema of its arguments.' })
  arguments_schema!: object;
  @ApiProperty({ example: '@chatter/tools-built-in', description: 'The plugin, or the MCP server, that provides it.' })
  source!: string;
  @ApiProperty({ description: 'False while its server is away.' }) available!: boolean;
}

export class McpServerDto {
  @ApiProperty() name!: string;
  @ApiProperty({ enum: ['http', 'stdio'] }) transport!: string;
  @ApiProperty() available!: boolean;
  @ApiProperty({ description: 'How many of its tools are used.' }) tools!: number;
  @ApiProperty({ type: [String], description: 'What of its list is not used, and why.' }) problems!: readonly string[];
}

export class ToolListDto {
  @ApiProperty({ type: [ToolDto] }) tools!: ToolDto[];
  @ApiProperty({ type: [McpServerDto], description: 'Those that the operator named. One that is away is tried again.' })
  mcp_servers!: McpServerDto[];
  @ApiProperty() total_count!: number;
  @ApiProperty({ nullable: true, type: String }) next_cursor!: null;
}
