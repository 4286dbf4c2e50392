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

export class ToolListDto {
  @ApiProperty({ type: [ToolDto] }) tools!: ToolDto[];
  @ApiProperty() total_count!: number;
  @ApiProperty({ nullable: true, type: String }) next_cursor!: null;
}
