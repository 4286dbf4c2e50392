import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsISO8601, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';

const anyJson = {
  description: 'Any JSON value.',
  nullable: true,
  oneOf: [
    { type: 'object' },
    { type: 'array', items: {} },
    { type: 'string' },
    { type: 'number' },
    { type: 'boolean' },
  ],
};

export class MetricsDto {
  @ApiProperty() execution_time_ms!: number;
  @ApiProperty() tokens_used!: number;
  @ApiProperty() prompt_tokens!: number;
  @ApiProperty() completion_tokens!: number;
  @ApiProperty({ description: 'USD.' }) cost!: number;
  @ApiProperty() price_table!: string;
  @ApiProperty() steps!: number;
  @ApiProperty() tool_calls!: number;
}

export class MetadataDto {
  @ApiProperty() workflow_type!: string;
  @ApiProperty({ nullable: true, type: String }) definition_id!: string | null;
  @ApiProperty({ nullable: true, type: Number }) definition_version!: number | null;
  @ApiProperty({ nullable: true, type: String }) definition_name!: string | null;
  @ApiProperty({ nullable: true, type: String }) template_id!: string | null;
  @ApiProperty({ nullable: true, type: String }) template_name!: string | null;
  @ApiProperty({ nullable: true, type: String }) graph_digest!: string | null;
  @ApiProperty({ nullable: true, type: String }) conversation_id!: string | null;
  @ApiProperty() correlation_id!: string;
  @ApiProperty({ nullable: true, type: String }) retried_from!: string | null;
  @ApiProperty({ nullable: true, type: String }) parent_execution_id!: string | null;
  @ApiProperty({ nullable: true, type: String }) forked_from!: string | null;
}

export class StepDto {
  @ApiProperty() node_id!: string;
  @ApiProperty() node_type!: string;
  @ApiProperty({ example: 'each[3]/ask' }) path!: string;
  @ApiProperty({
    enum: ['scheduled', 'running', 'waiting', 'succeeded', 'failed', 'skipped', 'cancelled', 'uncertain'],
  })
  status!: string;
  @ApiProperty() attempt!: number;
  @ApiProperty({ nullable: true, type: String }) port!: string | null;
  @ApiProperty({ nullable: true, type: String }) started_at!: string | null;
  @ApiProperty({ nullable: true, type: String }) completed_at!: string | null;
  @ApiProperty({ nullable: true, type: Number }) duration_ms!: number | null;
  @ApiProperty({ nullable: true, type: 'object', additionalProperties: true }) error!: object | null;
  @ApiProperty({ nullable: true, type: 'object', additionalProperties: true }) metrics!: object | null;
}

export class ExecutionErrorDto {
  @ApiProperty({ example: 'http_503' }) code!: string;
  @ApiProperty() message!: string;
  @ApiProperty({ nullable: true, type: String }) node_id!: string | null;
  @ApiProperty({ nullable: true, type: String }) path!: string | null;
  @ApiProperty({ nullable: true, type: Number }) attempt!: number | null;
  @ApiProperty() retryable!: boolean;
  @ApiPropertyOptional({ type: [Object], description: 'Findings, where the graph was refused.' }) validation?: object[];
}

export class DebugDto {
  @ApiProperty({ type: [Object] }) steps!: object[];
}

export class ExecutionResultDto {
  @ApiProperty({ example: 'exec_0198…' }) execution_id!: string;
  @ApiProperty() workflow_type!: string;
  @ApiProperty({ enum: ['pending', 'running', 'waiting', 'cancelling', 'failing', 'completed', 'failed', 'cancelled'] })
  status!: string;
  @ApiProperty({ nullable: true, type: Boolean, description: 'Null until it has ended.' }) success!: boolean | null;
  @ApiProperty(anyJson) output!: unknown;
  @ApiProperty({ nullable: true, type: String }) error_message!: string | null;
  @ApiProperty({ nullable: true, type: ExecutionErrorDto }) error!: ExecutionErrorDto | null;
  @ApiProperty({ nullable: true, type: ExecutionErrorDto, description: 'The same as `error`, under its old name.' })
  error_state!: ExecutionErrorDto | null;
  @ApiProperty({ type: [Object] }) warnings!: object[];
  @ApiProperty({ type: MetricsDto }) metrics!: MetricsDto;
  @ApiProperty({ type: MetadataDto }) metadata!: MetadataDto;
  @ApiProperty(anyJson) input_data!: unknown;
  @ApiProperty() started_at!: string;
  @ApiProperty({ nullable: true, type: String }) completed_at!: string | null;
  @ApiProperty({ nullable: true, type: 'object', additionalProperties: true }) waiting_for!: object | null;
  @ApiProperty({ type: [StepDto] }) steps!: StepDto[];
  @ApiProperty({ nullable: true, type: DebugDto }) debug!: DebugDto | null;
}

const asNumber = Transform(({ value }: { value: unknown }) => (value === undefined ? undefined : Number(value)));

export class EventsQueryDto {
  @ApiPropertyOptional({ minimum: 1, maximum: 200 })
  @IsOptional()
  @asNumber
  @IsInt()
  @Min(1)
  @Max(200)
  limit?: number;

  @ApiPropertyOptional({ description: '`next_cursor` of the page before.' })
  @IsOptional()
  @IsString()
  @MaxLength(2_000)
  cursor?: string;
}

export class PageQueryDto extends EventsQueryDto {
  @ApiPropertyOptional({ description: 'X-Chatter-Position of an answer of another process: the list waits for it.' })
  @IsOptional()
  @IsString()
  min_position?: string;

  @ApiPropertyOptional({
    description:
      'Letters in the id, the names, the error, or the first 1,000 of the texts of input and output, unless those are over 64 KiB.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  text?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @MaxLength(200)
  tag?: string;
}

export class ListExecutionsDto extends PageQueryDto {
  @ApiPropertyOptional({ enum: ['running', 'waiting', 'cancelling', 'failing', 'completed', 'failed', 'cancelled'] })
  @IsOptional()
  @IsIn(['running', 'waiting', 'cancelling', 'failing', 'completed', 'failed', 'cancelled'])
  status?: string;

  @ApiPropertyOptional({ enum: ['definition', 'template', 'custom', 'chat'] })
  @IsOptional()
  @IsIn(['definition', 'template', 'custom', 'chat'])
  workflow_type?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  definition_id?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  template_id?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  conversation_id?: string;

  @ApiPropertyOptional({ format: 'date-time' })
  @IsOptional()
  @IsISO8601({ strict: true })
  started_after?: string;

  @ApiPropertyOptional({ format: 'date-time' })
  @IsOptional()
  @IsISO8601({ strict: true })
  started_before?: string;

  @ApiPropertyOptional({
    enum: ['started_at', '-started_at', 'duration_ms', '-duration_ms', 'tokens', '-tokens', 'cost', '-cost'],
    default: '-started_at',
  })
  @IsOptional()
  @IsIn(['started_at', '-started_at', 'duration_ms', '-duration_ms', 'tokens', '-tokens', 'cost', '-cost'])
  sort?: string;
}

export class ListedExecutionDto {
  @ApiProperty() execution_id!: string;
  @ApiProperty() status!: string;
  @ApiProperty() workflow_type!: string;
  @ApiProperty({ nullable: true, type: String }) definition_id!: string | null;
  @ApiProperty({ nullable: true, type: Number }) definition_version!: number | null;
  @ApiProperty({ nullable: true, type: String }) definition_name!: string | null;
  @ApiProperty({ nullable: true, type: String }) template_id!: string | null;
  @ApiProperty() user_id!: string;
  @ApiProperty({ type: [String] }) tags!: readonly string[];
  @ApiProperty() started_at!: string;
  @ApiProperty({ nullable: true, type: String }) completed_at!: string | null;
  @ApiProperty({ nullable: true, type: Number }) duration_ms!: number | null;
  @ApiProperty() tokens_used!: number;
  @ApiProperty() cost!: number;
  @ApiProperty({ nullable: true, type: String }) error_code!: string | null;
  @ApiProperty({ nullable: true, type: String }) error_message!: string | null;
}

class PageDto {
  @ApiProperty({ nullable: true, type: Number, description: 'Exact to 10,000, then null.' }) total_count!:
    number | null;
  @ApiProperty({ nullable: true, type: String }) next_cursor!: string | null;
}

export class ExecutionListDto extends PageDto {
  @ApiProperty({ type: [ListedExecutionDto] }) executions!: ListedExecutionDto[];
}

export class EventDto {
  @ApiProperty() id!: string;
  @ApiProperty() stream!: string;
  @ApiProperty() revision!: number;
  @ApiProperty() position!: string;
  @ApiProperty() type!: string;
  @ApiProperty() schema!: number;
  @ApiProperty() v!: number;
  @ApiProperty() tenant!: string;
  @ApiProperty() at!: string;
  @ApiProperty({ type: 'object', additionalProperties: true }) actor!: object;
  @ApiProperty() causation_id!: string;
  @ApiProperty() correlation_id!: string;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'As stored: its canonical form is what `data_hash` covers.',
  })
  data!: object;
  @ApiProperty() data_hash!: string;
  @ApiProperty() prev!: string;
  @ApiProperty() hash!: string;
}

export class EventsDto extends PageDto {
  @ApiProperty({ type: [EventDto] }) events!: EventDto[];
}

export class LogsDto extends PageDto {
  @ApiProperty({ type: [Object] }) logs!: object[];
}

export class StateDto {
  @ApiProperty() revision!: number;
  @ApiProperty() at!: string;
  @ApiProperty() status!: string;
  @ApiProperty({ type: 'object', additionalProperties: true }) variables!: object;
  @ApiProperty({ type: [StepDto] }) steps!: StepDto[];
  @ApiProperty({ nullable: true, type: 'object', additionalProperties: true }) waiting_for!: object | null;
}

export class FirstBadDto {
  @ApiProperty() revision!: number;
  @ApiProperty({ enum: ['revision_gap', 'prev', 'data_hash', 'hash', 'not_canonical', 'unreadable'] }) reason!: string;
}

export class VerifyDto {
  @ApiProperty() valid!: boolean;
  @ApiProperty({ description: 'Good events, from the first on.' }) events!: number;
  @ApiProperty({ nullable: true, type: String }) head!: string | null;
  @ApiProperty({ nullable: true, type: FirstBadDto }) first_bad!: FirstBadDto | null;
  @ApiProperty({ nullable: true, type: Object, description: 'Null: signed checkpoints come with a later version.' })
  checkpoint!: null;
}

export class CancelDto {
  @ApiPropertyOptional({ nullable: true, type: String }) reason?: string | null;
  @ApiPropertyOptional({ default: false, description: 'Do not wait for what runs.' }) force?: boolean;
}

export class ResolveStepDto {
  @ApiProperty({ enum: ['succeeded', 'failed', 'retry'] }) outcome!: string;
  @ApiPropertyOptional(anyJson) output?: unknown;
}
