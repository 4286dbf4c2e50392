import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsNumber, IsOptional, IsString, Length, Max, MaxLength, Min } from 'class-validator';
import { EventsQueryDto } from '../executions/execution.dto.js';

export class AddDocumentDto {
  @ApiProperty({ maxLength: 500 }) title!: string;
  @ApiProperty({ description: 'Up to 256 KiB; send larger ones as text/plain, text/markdown or text/html.' })
  text!: string;
  @ApiPropertyOptional({ default: 'default' }) collection?: string;
  @ApiPropertyOptional({ nullable: true, type: String, description: 'Where it comes from: a URL, a file name.' })
  source?: string | null;
  @ApiPropertyOptional({ enum: ['text/plain', 'text/markdown', 'text/html'], default: 'text/plain' }) mime?: string;
  @ApiPropertyOptional({ type: 'object', additionalProperties: true }) metadata?: object;
}

/** Of a document that is sent as it is: what JSON would say beside the text. */
export class UploadQueryDto {
  @ApiPropertyOptional() @IsOptional() @IsString() @Length(1, 500) title?: string;
  @ApiPropertyOptional() @IsOptional() @IsString() @Length(1, 100) collection?: string;
  @ApiPropertyOptional() @IsOptional() @IsString() @MaxLength(2_000) source?: string;
}

export class ListDocumentsDto extends EventsQueryDto {
  @ApiPropertyOptional() @IsOptional() @IsString() @MaxLength(100) collection?: string;
  @ApiPropertyOptional() @IsOptional() @IsString() @MaxLength(200) text?: string;
  @ApiPropertyOptional() @IsOptional() @IsString() min_position?: string;

  @ApiPropertyOptional({ enum: ['created_at', '-created_at', 'title', '-title'], default: '-created_at' })
  @IsOptional()
  @IsIn(['created_at', '-created_at', 'title', '-title'])
  sort?: 'created_at' | '-created_at' | 'title' | '-title';
}

export class SearchDocumentsDto {
  @ApiProperty() @IsString() @Length(1, 2_000) query!: string;
  @ApiPropertyOptional() @IsOptional() @IsString() @MaxLength(100) collection?: string;
  @ApiPropertyOptional({ default: 5, minimum: 1, maximum: 50 }) @IsOptional() @IsInt() @Min(1) @Max(50) limit?: number;
  @ApiPropertyOptional({ minimum: 0, maximum: 1 }) @IsOptional() @IsNumber() @Min(0) @Max(1) score_threshold?: number;
}

export class DocumentDto {
  @ApiProperty({ example: 'doc_0198…' }) id!: string;
  @ApiProperty() title!: string;
  @ApiProperty({ nullable: true, type: String }) source!: string | null;
  @ApiProperty() collection!: string;
  @ApiProperty() mime!: string;
  @ApiProperty({ description: 'Of the text that is searched.' }) characters!: number;
  @ApiProperty() owner_id!: string;
  @ApiProperty({ format: 'date-time' }) created_at!: string;
}

export class WholeDocumentDto extends DocumentDto {
  @ApiProperty({ type: 'object', additionalProperties: true }) metadata!: object;
  @ApiProperty() text!: string;
  @ApiProperty({
    nullable: true,
    type: Boolean,
    description: 'Whether it is found by its meaning as well as by its words. Null where no EMBEDDING_MODEL is set.',
  })
  embedded!: boolean | null;
}

export class DocumentListDto {
  @ApiProperty({ type: [DocumentDto] }) documents!: DocumentDto[];
  @ApiProperty({ nullable: true, type: Number }) total_count!: number | null;
  @ApiProperty({ nullable: true, type: String }) next_cursor!: string | null;
}

export class DocumentHitDto {
  @ApiProperty() id!: string;
  @ApiProperty() title!: string;
  @ApiProperty() text!: string;
  @ApiProperty({ minimum: 0, maximum: 1 }) score!: number;
  @ApiProperty({ nullable: true, type: String }) source!: string | null;
}

export class DocumentHitsDto {
  @ApiProperty({ type: [DocumentHitDto] }) hits!: DocumentHitDto[];
  @ApiProperty({ enum: ['words', 'words_and_meaning'], description: 'What they were found by.' })
  by!: 'words' | 'words_and_meaning';
}
