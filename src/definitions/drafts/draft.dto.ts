import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsArray, IsOptional, IsString, Length, Matches } from 'class-validator';
import { EdgeDto, NodeDto } from '../../executions/execute.dto.js';
import { DetailsDto, ValidationDto } from '../definition.dto.js';

export class WriteDraftDto extends DetailsDto {
  @ApiProperty({ type: [NodeDto] })
  @IsArray()
  nodes!: unknown[];

  @ApiProperty({ type: [EdgeDto] })
  @IsArray()
  edges!: unknown[];

  @ApiPropertyOptional({ description: 'Left out, like the other details: as the definition has it.' })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  @Matches(/\S/, { message: 'name must hold more than spaces' })
  name?: string;
}

export class DraftDto {
  @ApiProperty({ example: 'wf_0198…' }) definition_id!: string;
  @ApiProperty({ description: 'Goes up with each save; also its ETag.' }) revision!: number;
  @ApiProperty({ description: 'The newest version when this draft was begun.' }) based_on!: number;
  @ApiProperty({ description: 'Beyond `based_on`: somebody has published meanwhile.' }) newest_version!: number;
  @ApiProperty() name!: string;
  @ApiProperty() description!: string;
  @ApiProperty({ type: [String] }) tags!: readonly string[];
  @ApiProperty() is_public!: boolean;
  @ApiProperty({ type: 'object', additionalProperties: true }) metadata!: object;
  @ApiProperty({ type: [NodeDto] }) nodes!: object[];
  @ApiProperty({ type: [EdgeDto] }) edges!: object[];
  @ApiProperty() saved_at!: string;
  @ApiProperty() saved_by!: string;
  @ApiProperty({ type: ValidationDto }) validation!: ValidationDto;
}
