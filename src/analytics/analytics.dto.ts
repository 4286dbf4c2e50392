import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Matches } from 'class-validator';

const aDay = /^\d{4}-\d{2}-\d{2}$/;

/** A table of numbers: as JSON, or as CSV. */
export class TableQueryDto {
  @ApiPropertyOptional({
    enum: ['json', 'csv'],
    description: 'Without it, what `Accept` says: CSV where it is `text/csv`, JSON otherwise.',
  })
  @IsOptional()
  @IsIn(['json', 'csv'])
  format?: 'json' | 'csv';

  @ApiPropertyOptional({
    description: 'X-Chatter-Position of an answer of another process: the numbers wait for it.',
  })
  @IsOptional()
  @IsString()
  min_position?: string;
}

/** Days of UTC, both included: an execution belongs to the day on which it was accepted. */
export class PeriodQueryDto extends TableQueryDto {
  @ApiPropertyOptional({ example: '2026-11-01', description: 'The first day.' })
  @IsOptional()
  @Matches(aDay, { message: 'from must be a day, like 2026-11-01' })
  from?: string;

  @ApiPropertyOptional({ example: '2026-11-30', description: 'The last day.' })
  @IsOptional()
  @Matches(aDay, { message: 'to must be a day, like 2026-11-30' })
  to?: string;
}

export class OverviewQueryDto extends PeriodQueryDto {
  @ApiPropertyOptional({
    enum: ['day', 'model', 'definition', 'template'],
    default: 'day',
    description: 'Which of the tables a CSV holds.',
  })
  @IsOptional()
  @IsIn(['day', 'model', 'definition', 'template'])
  by?: 'day' | 'model' | 'definition' | 'template';
}

export class TimesDto {
  @ApiProperty({ nullable: true, type: Number }) avg!: number | null;
  @ApiProperty({ nullable: true, type: Number }) p50!: number | null;
  @ApiProperty({ nullable: true, type: Number }) p95!: number | null;
  @ApiProperty({ nullable: true, type: Number }) p99!: number | null;
}

export class UsageDto {
  @ApiProperty({ description: 'Executions that were accepted, those that have not ended included.' })
  usage_count!: number;
  @ApiProperty() success_count!: number;
  @ApiProperty() failure_count!: number;
  @ApiProperty() cancelled_count!: number;
  @ApiProperty({ description: '0–100, of those that completed or failed; 0 before the first.' }) success_rate!: number;
  @ApiProperty({
    type: TimesDto,
    description: 'Of those that have ended, from acceptance to the end; null before the first. Nearest ranks.',
  })
  execution_time_ms!: TimesDto;
  @ApiProperty() tokens_used!: number;
  @ApiProperty({ description: 'USD.' }) cost!: number;
}

export class ModelUsageDto {
  @ApiProperty({ nullable: true, type: String, example: 'openai/gpt-5', description: 'Null: the log does not say.' })
  model!: string | null;
  @ApiProperty({ description: 'Steps and failed attempts that used it.' }) calls!: number;
  @ApiProperty() prompt_tokens!: number;
  @ApiProperty() completion_tokens!: number;
  @ApiProperty({ description: 'USD.' }) cost!: number;
}

export class NodeUsageDto {
  @ApiProperty() node_id!: string;
  @ApiProperty({ nullable: true, type: String, description: 'In the newest version; null: not there any more.' })
  type!: string | null;
  @ApiProperty({ description: 'Steps that succeeded or were given up.' }) runs!: number;
  @ApiProperty({ description: 'Those that were given up, or whose failure `on_error` made a value of.' })
  failures!: number;
  @ApiProperty({ description: 'Attempts that failed or ended uncertain; others may have followed.' })
  failed_attempts!: number;
  @ApiProperty({ description: 'All runs together: from the first start to the end, rests included.' })
  total_ms!: number;
  @ApiProperty({ nullable: true, type: Number, description: 'Per run.' }) avg_ms!: number | null;
  @ApiProperty({ nullable: true, type: Number, description: 'Of what it took in one execution.' }) p50_ms!:
    number | null;
  @ApiProperty({ nullable: true, type: Number }) p95_ms!: number | null;
  @ApiProperty() prompt_tokens!: number;
  @ApiProperty() completion_tokens!: number;
  @ApiProperty({ description: 'USD.' }) cost!: number;
  @ApiProperty() tool_calls!: number;
  @ApiProperty({ description: 'Its time contains that of the nodes inside it.' }) is_scope!: boolean;
}

export class BottleneckDto {
  @ApiProperty({ description: '1: the slowest.' }) rank!: number;
  @ApiProperty() node_id!: string;
  @ApiProperty() total_ms!: number;
  @ApiProperty({ description: '0–100: of the time that all nodes took, scopes left out.' }) share!: number;
}

export class ComplexityDto {
  @ApiProperty() nodes!: number;
  @ApiProperty() edges!: number;
  @ApiProperty({ description: 'Nodes that more than one edge leaves.' }) branches!: number;
  @ApiProperty({ description: 'Nodes on the longest way; the way back of a loop does not count.' }) depth!: number;
  @ApiProperty({ description: 'Nodes that a way leads back to.' }) loops!: number;
  @ApiProperty({ description: 'Edges − nodes + 2 for each part that hangs together.' }) cyclomatic!: number;
}

export class DefinitionAnalyticsDto extends UsageDto {
  @ApiProperty() definition_id!: string;
  @ApiProperty({ nullable: true, type: String, description: 'The first day that counts; null: from the beginning.' })
  from!: string | null;
  @ApiProperty({ nullable: true, type: String, description: 'The last day that counts; null: until now.' })
  to!: string | null;
  @ApiProperty() prompt_tokens!: number;
  @ApiProperty() completion_tokens!: number;
  @ApiProperty({ nullable: true, type: String }) last_used_at!: string | null;
  @ApiProperty({ type: [NodeUsageDto] }) by_node!: NodeUsageDto[];
  @ApiProperty({ type: [BottleneckDto] }) bottlenecks!: BottleneckDto[];
  @ApiProperty({ type: [ModelUsageDto] }) by_model!: ModelUsageDto[];
  @ApiProperty({ type: ComplexityDto, description: 'Of the newest version.' }) complexity!: ComplexityDto;
}

export class TemplateAnalyticsDto {
  @ApiProperty() template_id!: string;
  @ApiProperty({ description: 'Executions that were accepted.' }) usage_count!: number;
  @ApiProperty() success_count!: number;
  @ApiProperty() failure_count!: number;
  @ApiProperty({ description: '0–100, of those that completed or failed; 0 before the first.' }) success_rate!: number;
  @ApiProperty({ nullable: true, type: Number }) avg_execution_time_ms!: number | null;
  @ApiProperty({ nullable: true, type: Number }) p95_execution_time_ms!: number | null;
  @ApiProperty() total_tokens_used!: number;
  @ApiProperty({ nullable: true, type: Number }) avg_tokens_per_execution!: number | null;
  @ApiProperty({ description: 'USD.' }) total_cost!: number;
  @ApiProperty({ nullable: true, type: String }) last_used_at!: string | null;
  @ApiProperty({ nullable: true, type: String }) last_success_at!: string | null;
  @ApiProperty({ nullable: true, type: String }) last_failure_at!: string | null;
}

export class DayUsageDto extends UsageDto {
  @ApiProperty({ example: '2026-11-01' }) day!: string;
}

export class DefinitionUsageDto extends UsageDto {
  @ApiProperty({ nullable: true, type: String, description: 'Null: executions of no definition.' })
  definition_id!: string | null;
  @ApiProperty({ nullable: true, type: String, description: 'Its name now.' }) name!: string | null;
}

export class TemplateUsageDto extends UsageDto {
  @ApiProperty({ nullable: true, type: String, description: 'Null: executions of no template.' })
  template_id!: string | null;
  @ApiProperty({ nullable: true, type: String, description: 'Its name now.' }) name!: string | null;
}

export class OverviewDto {
  @ApiProperty({ example: '2026-11-01' }) from!: string;
  @ApiProperty({ example: '2026-11-30' }) to!: string;
  @ApiProperty({ type: UsageDto }) total!: UsageDto;
  @ApiProperty({ type: [DayUsageDto], description: 'Every day, the first one first.' }) by_day!: DayUsageDto[];
  @ApiProperty({ type: [ModelUsageDto], description: 'The dearest first.' }) by_model!: ModelUsageDto[];
  @ApiProperty({ type: [DefinitionUsageDto], description: 'The one used most first.' })
  by_definition!: DefinitionUsageDto[];
  @ApiProperty({ type: [TemplateUsageDto], description: 'The one used most first.' }) by_template!: TemplateUsageDto[];
}
