import { ApiProperty } from '@nestjs/swagger';

export class OkDto {
  @ApiProperty({ enum: ['ok'] }) status!: 'ok';
}

export class HealthDto extends OkDto {
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'The log: how it writes, and how much it has.',
  })
  event_store!: object;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'The lists, and how far behind the log they are.',
  })
  read_model!: object;
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'Executions in memory.' })
  executions!: object;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'Servers of tools: whether they are there, and why not.',
  })
  tools!: object;
  @ApiProperty({ type: 'object', additionalProperties: true }) process!: object;
}
