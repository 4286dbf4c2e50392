import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiProperty, ApiPropertyOptional, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { ExecutionResultDto } from '../executions/execution.dto.js';

/** Every `data:` of a stream: one object with a `type`. */
export class FrameDto {
  @ApiProperty({ enum: ['token', 'step_started', 'step_completed', 'step_failed', 'waiting', 'completion'] })
  type!: string;
  @ApiPropertyOptional({ description: 'token: a piece of text.' }) content?: string;
  @ApiPropertyOptional({ description: 'token: characters of this step before the piece.' }) offset?: number;
  @ApiPropertyOptional() node_id?: string;
  @ApiPropertyOptional() path?: string;
  @ApiPropertyOptional() attempt?: number;
  @ApiPropertyOptional({ type: 'object', additionalProperties: true }) waiting_for?: object;
  @ApiPropertyOptional({ type: ExecutionResultDto, description: 'completion: the last word.' })
  result?: ExecutionResultDto;
}

const frames = { 'text/event-stream': { schema: { $ref: getSchemaPath(FrameDto) } } };
const result = { 'application/json': { schema: { $ref: getSchemaPath(ExecutionResultDto) } } };
const whereItIs = {
  Location: { schema: { type: 'string' as const }, description: 'The execution.' },
  'X-Execution-Id': { schema: { type: 'string' as const } },
};

/** 200 is a stream of frames. */
export const ApiStreamOk = (): MethodDecorator =>
  applyDecorators(
    ApiExtraModels(FrameDto),
    ApiResponse({ status: 200, description: 'Frames, as they come.', headers: whereItIs, content: frames }),
  );

/** 200 is a result, or a stream of frames where the request asked for one; 202 is what there is so far. */
export const ApiResultOrStream = (): MethodDecorator =>
  applyDecorators(
    ApiExtraModels(FrameDto, ExecutionResultDto),
    ApiResponse({
      status: 200,
      description: 'It has ended; or, with `config.streaming`, frames as they come.',
      headers: whereItIs,
      content: { ...result, ...frames },
    }),
    ApiResponse({ status: 202, description: 'It goes on, or waits.', headers: whereItIs, content: result }),
  );
