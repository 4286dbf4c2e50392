import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import { EdgeDto, NodeDto } from '../executions/execute.dto.js';

export class DiffQueryDto {
  @ApiPropertyOptional({ description: 'A version, or `draft`. Left out: the version before `to`.' })
  @IsOptional()
  @Matches(/^(draft|[1-9]\d{0,8})$/, { message: 'from must be a version or draft' })
  from?: string;

  @ApiPropertyOptional({ description: 'A version, or `draft`. Left out: the newest version.' })
  @IsOptional()
  @Matches(/^(draft|[1-9]\d{0,8})$/, { message: 'to must be a version or draft' })
  to?: string;
}

export class DiffSideDto {
  @ApiProperty({ nullable: true, type: Number }) version!: number | null;
  @ApiProperty({ nullable: true, type: Number }) draft_revision!: number | null;
}

export class FieldChangeDto {
  @ApiProperty({ example: '/data/config/prompt', description: 'JSON pointer into the node or edge.' }) path!: string;
  @ApiPropertyOptional({
    description: 'Left out: there was no such field.',
    type: 'object',
    additionalProperties: true,
  })
  before?: unknown;
  @ApiPropertyOptional({ description: 'Left out: there is none any more.', type: 'object', additionalProperties: true })
  after?: unknown;
}

export class ChangedPartDto {
  @ApiProperty() id!: string;
  @ApiProperty({ type: [FieldChangeDto] }) changes!: FieldChangeDto[];
}

export class NodesDiffDto {
  @ApiProperty({ type: [NodeDto] }) added!: object[];
  @ApiProperty({ type: [NodeDto] }) removed!: object[];
  @ApiProperty({ type: [ChangedPartDto] }) changed!: ChangedPartDto[];
}

export class EdgesDiffDto {
  @ApiProperty({ type: [EdgeDto] }) added!: object[];
  @ApiProperty({ type: [EdgeDto] }) removed!: object[];
  @ApiProperty({ type: [ChangedPartDto] }) changed!: ChangedPartDto[];
}

export class LayoutDiffDto {
  @ApiProperty({ type: [ChangedPartDto] }) nodes!: ChangedPartDto[];
  @ApiProperty({ type: [ChangedPartDto] }) edges!: ChangedPartDto[];
}

export class DefinitionDiffDto {
  @ApiProperty() definition_id!: string;
  @ApiProperty({ type: DiffSideDto }) from!: DiffSideDto;
  @ApiProperty({ type: DiffSideDto }) to!: DiffSideDto;
  @ApiProperty({ description: 'Nothing differs, positions and labels included.' }) identical!: boolean;
  @ApiProperty({ type: NodesDiffDto }) nodes!: NodesDiffDto;
  @ApiProperty({ type: EdgesDiffDto }) edges!: EdgesDiffDto;
  @ApiProperty({ type: LayoutDiffDto, description: 'Positions and labels: they change nothing of what a run does.' })
  layout!: LayoutDiffDto;
  @ApiProperty({ type: [FieldChangeDto], description: 'Name and metadata.' }) details!: FieldChangeDto[];
}
