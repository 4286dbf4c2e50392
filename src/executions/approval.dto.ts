import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString } from 'class-validator';
import { EventsQueryDto } from './execution.dto.js';

const statuses = ['pending', 'approved', 'rejected', 'expired', 'cancelled'] as const;

export class ListApprovalsDto extends EventsQueryDto {
  @ApiPropertyOptional({ enum: statuses })
  @IsOptional()
  @IsIn(statuses)
  status?: (typeof statuses)[number];

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  execution_id?: string;

  @ApiPropertyOptional({ enum: ['me'], description: 'Only those that the caller may decide.' })
  @IsOptional()
  @IsIn(['me'])
  assignee?: 'me';

  @ApiPropertyOptional({ description: 'X-Chatter-Position of an answer of another process: the list waits for it.' })
  @IsOptional()
  @IsString()
  min_position?: string;

  @ApiPropertyOptional({ enum: ['requested_at', '-requested_at'], default: '-requested_at' })
  @IsOptional()
  @IsIn(['requested_at', '-requested_at'])
  sort?: 'requested_at' | '-requested_at';
}

export class VoteDto {
  @ApiProperty() by!: string;
  @ApiProperty({ enum: ['approved', 'rejected'] }) decision!: string;
  @ApiProperty({ format: 'date-time' }) at!: string;
}

export class ApprovalDto {
  @ApiProperty({ example: 'appr_0198…' }) id!: string;
  @ApiProperty() execution_id!: string;
  @ApiProperty() node_id!: string;
  @ApiProperty() path!: string;
  @ApiProperty() title!: string;
  @ApiProperty({ description: 'What is decided on.' }) shown!: object;
  @ApiProperty({ nullable: true, type: 'object', additionalProperties: true, description: 'JSON Schema of `fields`.' })
  fields!: object | null;
  @ApiProperty({ description: 'To be sent with the decision.' }) shown_digest!: string;
  @ApiProperty({ type: [String] }) assignees!: readonly string[];
  @ApiProperty() quorum!: number;
  @ApiProperty({ type: [VoteDto] }) votes!: readonly VoteDto[];
  @ApiProperty({ enum: statuses }) status!: string;
  @ApiProperty({ format: 'date-time' }) requested_at!: string;
  @ApiProperty({ nullable: true, type: String, format: 'date-time' }) expires_at!: string | null;
}

export class ApprovalListDto {
  @ApiProperty({ type: [ApprovalDto] }) approvals!: ApprovalDto[];
  @ApiProperty({ nullable: true, type: Number }) total_count!: number | null;
  @ApiProperty({ nullable: true, type: String }) next_cursor!: string | null;
}

export class DecideApprovalDto {
  @ApiProperty({ enum: ['approved', 'rejected'] }) decision!: string;
  @ApiProperty({ description: 'Of what was seen, as the list gives it.' }) shown_digest!: string;
  @ApiPropertyOptional({ nullable: true, type: String }) comment?: string | null;
  @ApiPropertyOptional({ type: 'object', additionalProperties: true }) fields?: object;
}

export class SignalDto {
  @ApiPropertyOptional({ description: 'Any JSON value; null when left out.' }) payload?: unknown;
}

export class RetryDto {
  @ApiPropertyOptional({ enum: ['failed', 'start'] }) from?: string;
  @ApiPropertyOptional({ description: 'From this node on, instead of `from`.' }) node_id?: string;
  @ApiPropertyOptional({ description: 'Which of its steps; the first when left out.' }) path?: string;
}
