import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiProperty, ApiPropertyOptional, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { problemCodes } from '../http/problem-codes.js';

export class ProblemItemDto {
  @ApiProperty({ example: 'structure.unreachable_node' }) rule!: string;
  @ApiProperty() message!: string;
  @ApiProperty({ nullable: true, type: String, description: 'JSON pointer into the request.' }) path!: string | null;
  @ApiProperty({ enum: ['error', 'warning'] }) severity!: string;
  @ApiPropertyOptional({ nullable: true, type: String }) node_id?: string | null;
  @ApiPropertyOptional({ nullable: true, type: String }) edge_id?: string | null;
  @ApiPropertyOptional({ enum: ['structure', 'security', 'capability', 'resource'] }) layer?: string;
}

export class ProblemDto {
  @ApiProperty() type!: string;
  @ApiProperty() title!: string;
  @ApiProperty() status!: number;
  @ApiProperty({ description: 'What was wrong, and what to do.' }) detail!: string;
  @ApiProperty() instance!: string;
  @ApiProperty({ enum: Object.keys(problemCodes) }) code!: string;
  @ApiProperty() request_id!: string;
  @ApiPropertyOptional({ type: [ProblemItemDto] }) errors?: ProblemItemDto[];
}

/** The problems that a route can answer with, by status. */
export const ApiProblems = (...statuses: readonly number[]): MethodDecorator =>
  applyDecorators(
    ApiExtraModels(ProblemDto),
    ...[...new Set([...statuses, 500])].map((status) =>
      ApiResponse({
        status,
        description: codesOf(status).join(' · '),
        content: { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemDto) } } },
      }),
    ),
  );

const codesOf = (status: number): string[] =>
  Object.entries(problemCodes)
    .filter(([, [each]]) => each === status)
    .map(([code, [, title]]) => `${code}: ${title}`);
