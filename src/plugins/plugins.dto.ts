import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { EventsQueryDto } from '../executions/execution.dto.js';

export class ListPluginsDto extends EventsQueryDto {
  @ApiPropertyOptional() @IsOptional() @IsString() @MaxLength(200) name?: string;

  @ApiPropertyOptional({ enum: ['installed', 'removed'] })
  @IsOptional()
  @IsIn(['installed', 'removed'])
  status?: 'installed' | 'removed';

  @ApiPropertyOptional({ description: 'Looked for in digest, name, version, node types and tools.' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  text?: string;

  @ApiPropertyOptional() @IsOptional() @IsString() min_position?: string;

  @ApiPropertyOptional({ enum: ['name', '-name', 'installed_at', '-installed_at'], default: 'name' })
  @IsOptional()
  @IsIn(['name', '-name', 'installed_at', '-installed_at'])
  sort?: 'name' | '-name' | 'installed_at' | '-installed_at';
}

export class PluginDto {
  @ApiProperty({ description: 'SHA-256 in hex, over the manifest and every file: what executions pin.' })
  digest!: string;
  @ApiProperty({ example: '@chatter/http-request' }) name!: string;
  @ApiProperty({ example: '1.0.0' }) version!: string;
  @ApiProperty({ enum: ['built-in', 'outside'] }) source!: string;
  @ApiProperty({ type: [String], example: ['http_request@1'] }) node_types!: readonly string[];
  @ApiProperty({ type: [String] }) tools!: readonly string[];
  @ApiProperty({
    nullable: true,
    type: 'object',
    additionalProperties: { type: 'array', items: { type: 'string' } },
    description: 'What its manifest asks for: `http`, `models`, `tools`. Null: it is not held to any.',
  })
  permissions!: Readonly<Record<string, readonly string[]>> | null;
  @ApiProperty({ enum: ['installed', 'removed'] }) status!: string;
  @ApiProperty({ description: 'The process that answers runs it.' }) loaded!: boolean;
  @ApiProperty({ format: 'date-time' }) first_installed_at!: string;
  @ApiProperty({ format: 'date-time', description: 'When it came the last time.' }) installed_at!: string;
  @ApiProperty({ nullable: true, type: String, format: 'date-time' }) removed_at!: string | null;
}

export class RefusedPluginDto {
  @ApiProperty() folder!: string;
  @ApiProperty() reason!: string;
  @ApiProperty({ description: 'The command that mends it.' }) remedy!: string;
}

export class PluginListDto {
  @ApiProperty({ type: [PluginDto] }) plugins!: PluginDto[];
  @ApiProperty({ type: [RefusedPluginDto], description: 'What the process that answers found, and did not load.' })
  refused!: RefusedPluginDto[];
  @ApiProperty({ nullable: true, type: Number }) total_count!: number | null;
  @ApiProperty({ nullable: true, type: String }) next_cursor!: string | null;
}
