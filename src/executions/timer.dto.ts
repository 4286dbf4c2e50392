import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString } from 'class-validator';
import { EventsQueryDto } from './execution.dto.js';

export class ListTimersDto extends EventsQueryDto {
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  execution_id?: string;

  @ApiPropertyOptional({ format: 'date-time' })
  @IsOptional()
  @IsString()
  due_after?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Exclusive.' })
  @IsOptional()
  @IsString()
  due_before?: string;

  @ApiPropertyOptional({ description: 'X-Chatter-Position of an answer of another process: the list waits for it.' })
  @IsOptional()
  @IsString()
  min_position?: string;

  @ApiPropertyOptional({ enum: ['due_at', '-due_at'], default: 'due_at' })
  @IsOptional()
  @IsIn(['due_at', '-due_at'])
  sort?: 'due_at' | '-due_at';
}

export class TimerDto {
  @ApiProperty() execution_id!: string;
  @ApiProperty() path!: string;
  @ApiProperty() node_id!: string;
  @ApiProperty({
    enum: ['timer', 'signal', 'approval'],
    description: 'What the step waits for: this very moment, or something else no longer than until then.',
  })
  type!: string;
  @ApiProperty({ format: 'date-time' }) set_at!: string;
  @ApiProperty({ format: 'date-time' }) due_at!: string;
}

export class TimerListDto {
  @ApiProperty({ type: [TimerDto] }) timers!: TimerDto[];
  @ApiProperty({ nullable: true, type: Number }) total_count!: number | null;
  @ApiProperty({ nullable: true, type: String }) next_cursor!: string | null;
}
