import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
} from 'class-validator';
import { ValidationDto } from '../definitions/definition.dto.js';
import { EdgeDto, NodeDto } from '../executions/execute.dto.js';
import { PageQueryDto } from '../executions/execution.dto.js';

export class ParameterDto {
  @ApiProperty({ example: 'tone', description: 'In the graph: `params.tone`.' }) name!: string;
  @ApiProperty({ enum: ['string', 'number', 'integer', 'boolean', 'object', 'array'] }) type!: string;
  @ApiPropertyOptional({ default: false, description: 'Must be given; then it has no default.' }) required?: boolean;
  @ApiPropertyOptional({ nullable: true, type: 'object', additionalProperties: true, description: 'Of its type.' })
  default?: unknown;
  @ApiPropertyOptional({ default: false, description: 'Takes the name of a secret, and is read as that secret.' })
  secret?: boolean;
  @ApiPropertyOptional({ default: '' }) description?: string;
}

class DetailsDto {
  @ApiPropertyOptional({ default: '' })
  @IsOptional()
  @IsString()
  @MaxLength(5_000)
  description?: string;

  @ApiPropertyOptional({ nullable: true, type: String })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  @Matches(/\S/, { message: 'category must hold more than spaces' })
  category?: string | null;

  @ApiPropertyOptional({ type: [String] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsString({ each: true })
  @MaxLength(100, { each: true })
  @Matches(/\S/, { each: true, message: 'each tag must hold more than spaces' })
  tags?: string[];

  @ApiPropertyOptional({ type: [ParameterDto] })
  @IsOptional()
  @IsArray()
  parameters?: unknown[];

  @ApiPropertyOptional({ default: false })
  @IsOptional()
  @IsBoolean()
  is_public?: boolean;
}

class NamedDto extends DetailsDto {
  @ApiProperty({ example: 'Blog post' })
  @IsString()
  @Length(1, 200)
  @Matches(/\S/, { message: 'name must hold more than spaces' })
  name!: string;
}

export class WriteTemplateDto extends NamedDto {
  @ApiProperty({ type: [NodeDto] })
  @IsArray()
  nodes!: unknown[];

  @ApiProperty({ type: [EdgeDto] })
  @IsArray()
  edges!: unknown[];
}

/** A graph, or the definition that it is taken from; a name is needed with a graph only. */
class SomeGraphDto extends DetailsDto {
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @Length(1, 200)
  @Matches(/\S/, { message: 'name must hold more than spaces' })
  name?: string;

  @ApiPropertyOptional({ type: [NodeDto] })
  @IsOptional()
  @IsArray()
  nodes?: unknown[];

  @ApiPropertyOptional({ type: [EdgeDto] })
  @IsOptional()
  @IsArray()
  edges?: unknown[];
}

export class CreateTemplateDto extends SomeGraphDto {
  @ApiPropertyOptional({
    description: 'Make it of the newest version of this definition, instead of nodes and edges.',
  })
  @IsOptional()
  @IsString()
  definition_id?: string;
}

export class ValidateTemplateDto extends SomeGraphDto {
  @ApiPropertyOptional({ description: 'Validate this template instead of a graph.' })
  @IsOptional()
  @IsString()
  template_id?: string;
}

export class FromTemplateDto {
  @ApiProperty({ example: 'tpl_0198…' })
  @IsString()
  template_id!: string;

  @ApiPropertyOptional({ description: "Left out: the template's." })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  @Matches(/\S/, { message: 'name must hold more than spaces' })
  name?: string;

  @ApiPropertyOptional({ type: 'object', additionalProperties: true })
  @IsOptional()
  @IsObject()
  params?: Record<string, never>;
}

export class TemplateDto {
  @ApiProperty({ example: 'tpl_0198…' }) id!: string;
  @ApiProperty() name!: string;
  @ApiProperty() description!: string;
  @ApiProperty({ nullable: true, type: String }) category!: string | null;
  @ApiProperty({ type: [String] }) tags!: readonly string[];
  @ApiProperty({ type: [ParameterDto] }) parameters!: readonly object[];
  @ApiProperty() is_public!: boolean;
  @ApiProperty({ description: 'Comes with the server, and stays as it is.' }) built_in!: boolean;
  @ApiProperty({ description: 'Goes up with each change; also its ETag.' }) version!: number;
  @ApiProperty() content_digest!: string;
  @ApiProperty() owner_id!: string;
  @ApiProperty() created_at!: string;
  @ApiProperty() updated_at!: string;
  @ApiProperty({ type: [NodeDto] }) nodes!: object[];
  @ApiProperty({ type: [EdgeDto] }) edges!: object[];
  @ApiProperty({ type: ValidationDto, description: 'With the defaults filled in.' }) validation!: ValidationDto;
}

export class ImportWarningDto {
  @ApiProperty({ example: 'template_renamed' }) code!: string;
  @ApiProperty() message!: string;
  @ApiProperty({ example: '/template/name' }) path!: string;
}

export class ImportedTemplateDto extends TemplateDto {
  @ApiProperty({ type: [ImportWarningDto] }) warnings!: readonly ImportWarningDto[];
}

export class ListTemplatesDto extends PageQueryDto {
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  category?: string;

  @ApiPropertyOptional({ enum: ['true', 'false'] })
  @IsOptional()
  @IsIn(['true', 'false'])
  is_public?: string;

  @ApiPropertyOptional({
    enum: ['updated_at', '-updated_at', 'created_at', '-created_at', 'name', '-name'],
    default: '-updated_at',
  })
  @IsOptional()
  @IsString()
  sort?: string;
}

export class ListedTemplateDto {
  @ApiProperty() id!: string;
  @ApiProperty() name!: string;
  @ApiProperty() description!: string;
  @ApiProperty({ nullable: true, type: String }) category!: string | null;
  @ApiProperty({ type: [String] }) tags!: readonly string[];
  @ApiProperty() is_public!: boolean;
  @ApiProperty() built_in!: boolean;
  @ApiProperty() version!: number;
  @ApiProperty() owner_id!: string;
  @ApiProperty() node_count!: number;
  @ApiProperty() parameter_count!: number;
  @ApiProperty() created_at!: string;
  @ApiProperty() updated_at!: string;
}

export class TemplateListDto {
  @ApiProperty({ type: [ListedTemplateDto] }) templates!: ListedTemplateDto[];
  @ApiProperty({ nullable: true, type: Number }) total_count!: number | null;
  @ApiProperty({ nullable: true, type: String }) next_cursor!: string | null;
}

export class ExportedTemplateDto {
  @ApiProperty() name!: string;
  @ApiProperty() description!: string;
  @ApiProperty({ nullable: true, type: String }) category!: string | null;
  @ApiProperty({ type: [String] }) tags!: readonly string[];
  @ApiProperty({ type: [ParameterDto] }) parameters!: readonly object[];
  @ApiProperty({ type: [NodeDto] }) nodes!: readonly object[];
  @ApiProperty({ type: [EdgeDto] }) edges!: readonly object[];
}

export class EnvelopeDto {
  @ApiProperty({ enum: ['chatter.template'] }) format!: string;
  @ApiProperty({ enum: [1] }) version!: number;
  @ApiProperty({ description: 'SHA-256 over the canonical JSON (RFC 8785) of `template`.', example: 'sha256:…' })
  digest!: string;
  @ApiProperty({ type: ExportedTemplateDto }) template!: ExportedTemplateDto;
}

export class ImportQueryDto {
  @ApiPropertyOptional({
    enum: ['rename', 'replace', 'fail'],
    default: 'rename',
    description: 'What happens where you see a template of that name already.',
  })
  @IsOptional()
  @IsIn(['rename', 'replace', 'fail'])
  on_conflict?: 'rename' | 'replace' | 'fail';
}
