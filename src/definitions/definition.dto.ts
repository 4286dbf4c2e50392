import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
} from 'class-validator';
import { EdgeDto, NodeDto } from '../executions/execute.dto.js';
import { PageQueryDto } from '../executions/execution.dto.js';

export class DetailsDto {
  @ApiPropertyOptional({ default: '' })
  @IsOptional()
  @IsString()
  @MaxLength(5_000)
  description?: string;

  @ApiPropertyOptional({ type: [String] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsString({ each: true })
  @MaxLength(100, { each: true })
  @Matches(/\S/, { each: true, message: 'each tag must hold more than spaces' })
  tags?: string[];

  @ApiPropertyOptional({ default: false })
  @IsOptional()
  @IsBoolean()
  is_public?: boolean;

  @ApiPropertyOptional({ type: 'object', additionalProperties: true })
  @IsOptional()
  @IsObject()
  metadata?: Record<string, never>;
}

export class WriteDefinitionDto extends DetailsDto {
  @ApiProperty({ type: [NodeDto] })
  @IsArray()
  nodes!: unknown[];

  @ApiProperty({ type: [EdgeDto] })
  @IsArray()
  edges!: unknown[];

  @ApiProperty({ example: 'Support triage' })
  @IsString()
  @Length(1, 200)
  @Matches(/\S/, { message: 'name must hold more than spaces' })
  name!: string;
}

export class ChangeDefinitionDto {
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @Length(1, 200)
  @Matches(/\S/, { message: 'name must hold more than spaces' })
  name?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @MaxLength(5_000)
  description?: string;

  @ApiPropertyOptional({ type: [String] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsString({ each: true })
  @MaxLength(100, { each: true })
  @Matches(/\S/, { each: true, message: 'each tag must hold more than spaces' })
  tags?: string[];

  @ApiPropertyOptional()
  @IsOptional()
  @IsBoolean()
  is_public?: boolean;

  @ApiPropertyOptional({ description: 'Triggers are live.' })
  @IsOptional()
  @IsBoolean()
  active?: boolean;
}

export class ValidateDto extends DetailsDto {
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  name?: string;

  @ApiPropertyOptional({ type: [NodeDto] })
  @IsOptional()
  @IsArray()
  nodes?: unknown[];

  @ApiPropertyOptional({ type: [EdgeDto] })
  @IsOptional()
  @IsArray()
  edges?: unknown[];

  @ApiPropertyOptional({ description: 'Validate the newest version of this definition instead of a graph.' })
  @IsOptional()
  @IsString()
  definition_id?: string;
}

export class FindingDto {
  @ApiProperty({ example: 'structure.unreachable_node' }) rule!: string;
  @ApiProperty() message!: string;
  @ApiProperty({ nullable: true, type: String }) node_id!: string | null;
  @ApiProperty({ nullable: true, type: String }) edge_id!: string | null;
  @ApiProperty({ example: '/nodes/3' }) path!: string;
  @ApiProperty({ enum: ['error', 'warning'] }) severity!: string;
  @ApiPropertyOptional({ enum: ['structure', 'security', 'capability', 'resource'] }) layer?: string;
}

export class LayerDto {
  @ApiProperty() valid!: boolean;
  @ApiProperty({ description: 'Not looked at, since a layer before it found the graph unusable.' }) skipped!: boolean;
  @ApiProperty({ type: [FindingDto] }) errors!: FindingDto[];
  @ApiProperty({ type: [FindingDto] }) warnings!: FindingDto[];
}

export class LayersDto {
  @ApiProperty({ type: LayerDto }) structure!: LayerDto;
  @ApiProperty({ type: LayerDto }) security!: LayerDto;
  @ApiProperty({ type: LayerDto }) capability!: LayerDto;
  @ApiProperty({ type: LayerDto }) resource!: LayerDto;
}

export class ValidationDto {
  @ApiProperty() valid!: boolean;
  @ApiProperty({ description: 'The same as `valid`, under its old name.' }) is_valid!: boolean;
  @ApiProperty({ type: LayersDto }) validation!: LayersDto;
  @ApiProperty({ type: [FindingDto] }) errors!: FindingDto[];
  @ApiProperty({ type: [FindingDto] }) warnings!: FindingDto[];
}

export class TriggerDto {
  @ApiProperty() node_id!: string;
  @ApiProperty({ enum: ['webhook', 'schedule'] }) type!: string;
  @ApiProperty({ description: 'The definition is active.' }) live!: boolean;
  @ApiProperty({
    nullable: true,
    type: String,
    description: 'Where a webhook is called; a path where no PUBLIC_URL is set.',
  })
  url!: string | null;
  @ApiProperty({ nullable: true, type: [String] }) methods!: readonly string[] | null;
  @ApiProperty({ nullable: true, type: String, description: 'Of a schedule that is live, without its jitter.' })
  next_firing_at!: string | null;
}

export class DefinitionDto {
  @ApiProperty({ example: 'wf_0198…' }) id!: string;
  @ApiProperty() name!: string;
  @ApiProperty() description!: string;
  @ApiProperty({ type: [String] }) tags!: readonly string[];
  @ApiProperty() is_public!: boolean;
  @ApiProperty() active!: boolean;
  @ApiProperty({ type: 'object', additionalProperties: true }) metadata!: object;
  @ApiProperty() version!: number;
  @ApiProperty() graph_digest!: string;
  @ApiProperty() owner_id!: string;
  @ApiProperty() created_at!: string;
  @ApiProperty() updated_at!: string;
  @ApiProperty({ type: [NodeDto] }) nodes!: object[];
  @ApiProperty({ type: [EdgeDto] }) edges!: object[];
  @ApiPropertyOptional({ type: [TriggerDto], description: 'What begins executions by itself.' })
  triggers?: TriggerDto[];
  @ApiPropertyOptional({ type: ValidationDto }) validation?: ValidationDto;
}

export class ListDefinitionsDto extends PageQueryDto {
  @ApiPropertyOptional({
    enum: ['updated_at', '-updated_at', 'created_at', '-created_at', 'name', '-name'],
    default: '-updated_at',
  })
  @IsOptional()
  @IsString()
  sort?: string;
}

export class ListedDefinitionDto {
  @ApiProperty() id!: string;
  @ApiProperty() name!: string;
  @ApiProperty({ nullable: true, type: String }) description!: string | null;
  @ApiProperty({ type: [String] }) tags!: readonly string[];
  @ApiProperty() is_public!: boolean;
  @ApiProperty() active!: boolean;
  @ApiProperty() version!: number;
  @ApiProperty() owner_id!: string;
  @ApiProperty() node_count!: number;
  @ApiProperty() created_at!: string;
  @ApiProperty() updated_at!: string;
}

export class DefinitionListDto {
  @ApiProperty({ type: [ListedDefinitionDto] }) definitions!: ListedDefinitionDto[];
  @ApiProperty({ nullable: true, type: Number }) total_count!: number | null;
  @ApiProperty({ nullable: true, type: String }) next_cursor!: string | null;
}

export class VersionDto {
  @ApiProperty() version!: number;
  @ApiProperty() name!: string;
  @ApiProperty() graph_digest!: string;
  @ApiProperty() published_at!: string;
  @ApiProperty() published_by!: string;
  @ApiProperty({ nullable: true, type: Number }) restored_from!: number | null;
}

export class VersionListDto {
  @ApiProperty({ type: [VersionDto] }) versions!: VersionDto[];
  @ApiProperty() total_count!: number;
  @ApiProperty({ nullable: true, type: String }) next_cursor!: null;
}

export class NodeTypeDto {
  @ApiProperty() type!: string;
  @ApiProperty() version!: number;
  @ApiProperty({ enum: ['task', 'scope', 'join', 'wait'] }) kind!: string;
  @ApiProperty() label!: string;
  @ApiProperty() description!: string;
  @ApiProperty() category!: string;
  @ApiProperty({ nullable: true, type: String }) icon!: string | null;
  @ApiProperty({ nullable: true, type: String }) color!: string | null;
  @ApiProperty({
    type: [Object],
    description:
      'Names, or `{from}`: one for each value that the pointer finds in the literal config. `error` is a port of every type.',
  })
  ports!: unknown[];
  @ApiProperty({
    description: 'A word, or by which value of the config it is decided.',
    oneOf: [{ type: 'string' }, { type: 'object' }],
  })
  effects!: unknown;
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'JSON Schema of the resolved config.' })
  config_schema!: object;
  @ApiProperty({ type: 'object', additionalProperties: true }) plugin!: object;
  @ApiProperty({ type: 'object', additionalProperties: true }) aliases!: object;
}

export class NodeTypeListDto {
  @ApiProperty({ type: [NodeTypeDto] }) node_types!: NodeTypeDto[];
  @ApiProperty() total_count!: number;
  @ApiProperty({ nullable: true, type: String }) next_cursor!: null;
}

export class ModelListDto {
  @ApiProperty({ type: [Object], description: '`provider, model, description, features, prices, default`.' })
  models!: object[];
  @ApiProperty() total_count!: number;
  @ApiProperty({ nullable: true, type: String }) next_cursor!: null;
}
