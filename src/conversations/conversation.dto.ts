import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { EventsQueryDto } from '../executions/execution.dto.js';

const sorts = ['updated_at', '-updated_at', 'created_at', '-created_at'] as const;

export class ListConversationsDto extends EventsQueryDto {
  @ApiPropertyOptional({ description: 'X-Chatter-Position of an answer of another process: the list waits for it.' })
  @IsOptional()
  @IsString()
  min_position?: string;

  @ApiPropertyOptional({ description: 'Looked for in id and title.' })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  text?: string;

  @ApiPropertyOptional({ enum: sorts, default: '-updated_at' })
  @IsOptional()
  @IsIn(sorts)
  sort?: (typeof sorts)[number];
}

export class ConversationDto {
  @ApiProperty({ example: 'conv_0199…' }) id!: string;
  @ApiProperty({ nullable: true, type: String, description: 'The beginning of its first message.' })
  title!: string | null;
  @ApiProperty() message_count!: number;
  @ApiProperty({ description: 'Messages that await their answer.' }) unanswered!: number;
  @ApiProperty() created_at!: string;
  @ApiProperty() updated_at!: string;
}

export class ConversationListDto {
  @ApiProperty({ type: [ConversationDto] }) conversations!: ConversationDto[];
  @ApiProperty({ nullable: true, type: Number }) total_count!: number | null;
  @ApiProperty({ nullable: true, type: String }) next_cursor!: string | null;
}

export class MessageErrorDto {
  @ApiProperty({ example: 'not_accepted' }) code!: string;
  @ApiProperty() message!: string;
}

export class MessageDto {
  @ApiProperty({ example: 'msg_0199…' }) id!: string;
  @ApiProperty({ enum: ['user', 'assistant'] }) role!: 'user' | 'assistant';
  @ApiProperty() content!: string;
  @ApiProperty({ description: 'The execution that answers it, or is the answer of.' }) execution_id!: string;
  @ApiProperty() created_at!: string;
  @ApiProperty({
    nullable: true,
    enum: ['pending', 'answered', 'failed'],
    type: String,
    description: 'Of a message that an execution answers; null for every other.',
  })
  answer!: 'pending' | 'answered' | 'failed' | null;
  @ApiProperty({ nullable: true, type: MessageErrorDto, description: 'Why there is no answer.' })
  error!: MessageErrorDto | null;
}

export class MessageListDto {
  @ApiProperty({ type: [MessageDto] }) messages!: MessageDto[];
  @ApiProperty() total_count!: number;
  @ApiProperty({ nullable: true, type: String }) next_cursor!: string | null;
}
