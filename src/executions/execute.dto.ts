import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

export class NodeDto {
  @ApiProperty({ example: 'ask', pattern: '^[A-Za-z0-9_-]{1,64}$' }) id!: string;
  @ApiProperty({ example: 'model' }) type!: string;
  @ApiPropertyOptional({ type: 'object', additionalProperties: true, example: { x: 0, y: 0 } }) position?: object;
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: '`config`, and `label, retry, timeout_ms, on_error, on_uncertain, compensate, enabled, effects`.',
  })
  data?: object;
}

export class EdgeDto {
  @ApiPropertyOptional() id?: string;
  @ApiProperty() source!: string;
  @ApiProperty() target!: string;
  @ApiPropertyOptional({ description: 'The port of the source. Default: its first.' }) source_handle?: string;
  @ApiPropertyOptional({ description: '`in`, or `back` of a scope. Default `in`.' }) target_handle?: string;
  @ApiPropertyOptional({ type: 'object', additionalProperties: true, description: '`condition, default, label`.' })
  data?: object;
}

export class LimitsDto {
  @ApiPropertyOptional({ default: 10_000 }) max_steps?: number;
  @ApiPropertyOptional({ nullable: true, type: Number }) max_total_tokens?: number | null;
  @ApiPropertyOptional({ nullable: true, type: Number, description: 'USD.' }) max_cost?: number | null;
}

export class ExecutionConfigDto {
  @ApiPropertyOptional({ default: false }) debug_mode?: boolean;
  @ApiPropertyOptional({ default: false, description: 'Answer as server-sent events.' }) streaming?: boolean;
  @ApiPropertyOptional({ default: false, description: 'In a stream, the steps as well.' }) stream_events?: boolean;
  @ApiPropertyOptional({ default: false, description: 'Answer 202 as soon as the execution is accepted.' })
  async?: boolean;
  @ApiPropertyOptional({ default: 300_000, description: 'Bounds the time spent running; waiting does not count.' })
  timeout_ms?: number;
  @ApiPropertyOptional({ nullable: true, type: String, format: 'date-time' }) deadline?: string | null;
  @ApiPropertyOptional({ default: 0 }) priority?: number;
  @ApiPropertyOptional({ type: [String], maxItems: 50, description: 'Of 100 characters each at most.' })
  tags?: string[];
  @ApiPropertyOptional({ type: LimitsDto }) limits?: LimitsDto;
  @ApiPropertyOptional({ nullable: true, type: String }) provider?: string | null;
  @ApiPropertyOptional({ nullable: true, type: String }) model?: string | null;
  @ApiPropertyOptional({ nullable: true, type: Number }) temperature?: number | null;
  @ApiPropertyOptional({ nullable: true, type: Number }) max_tokens?: number | null;
  @ApiPropertyOptional({ nullable: true, type: String }) system_message?: string | null;
  @ApiPropertyOptional({ default: false }) enable_memory?: boolean;
  @ApiPropertyOptional({ default: false }) enable_retrieval?: boolean;
  @ApiPropertyOptional({ default: false }) enable_tools?: boolean;
  @ApiPropertyOptional({ default: 10 }) memory_window?: number;
  @ApiPropertyOptional({ default: 10 }) max_tool_calls?: number;
  @ApiPropertyOptional({ default: 5 }) max_documents?: number;
  @ApiPropertyOptional({ nullable: true, type: [String] }) allowed_tools?: string[] | null;
}

export class ExecuteDto {
  @ApiProperty({ enum: ['definition', 'template', 'custom', 'chat'] }) workflow_type!: string;
  @ApiPropertyOptional({ nullable: true, type: String }) definition_id?: string | null;
  @ApiPropertyOptional({ nullable: true, type: Number }) definition_version?: number | null;
  @ApiPropertyOptional({ nullable: true, type: String }) template_id?: string | null;
  @ApiPropertyOptional({ type: 'object', additionalProperties: true }) params?: object;
  @ApiPropertyOptional({ nullable: true, type: [NodeDto] }) nodes?: NodeDto[] | null;
  @ApiPropertyOptional({ nullable: true, type: [EdgeDto] }) edges?: EdgeDto[] | null;
  @ApiPropertyOptional({ nullable: true, type: String }) message?: string | null;
  @ApiPropertyOptional({ nullable: true, type: String }) conversation_id?: string | null;
  @ApiPropertyOptional({ type: 'object', additionalProperties: true, example: { query: 'Hello, world!' } })
  input_data?: object;
  @ApiPropertyOptional({ type: ExecutionConfigDto }) config?: ExecutionConfigDto;
}

export class ExecuteStepDto {
  @ApiProperty({ type: NodeDto }) node!: NodeDto;
  @ApiPropertyOptional({ description: 'What arrives at it; any JSON value.' }) incoming?: unknown;
  @ApiPropertyOptional({ type: 'object', additionalProperties: true }) input_data?: object;
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'Outputs of other nodes, by id.',
    example: { fetch: { status: 200 } },
  })
  nodes?: object;
  @ApiPropertyOptional({ type: 'object', additionalProperties: true }) variables?: object;
  @ApiPropertyOptional({ type: ExecutionConfigDto }) config?: ExecutionConfigDto;
}

export const executeExamples = {
  definition: {
    summary: 'A stored definition',
    value: {
      workflow_type: 'definition',
      definition_id: 'wf_…',
      input_data: { query: 'Hello, world!' },
      config: { debug_mode: true, streaming: false },
    },
  },
  chat: {
    summary: 'A chat message',
    value: {
      workflow_type: 'chat',
      message: 'And what do they eat?',
      conversation_id: 'conv_…',
      config: { enable_memory: true, memory_window: 10, streaming: true },
    },
  },
  custom: {
    summary: 'A graph in the request',
    value: {
      workflow_type: 'custom',
      nodes: [
        { id: 'start', type: 'start', data: { config: {} } },
        { id: 'twice', type: 'transform', data: { config: { value: '{{ input.n * 2 }}' } } },
        { id: 'end', type: 'end', data: { config: {} } },
      ],
      edges: [
        { source: 'start', target: 'twice' },
        { source: 'twice', target: 'end' },
      ],
      input_data: { n: 21 },
    },
  },
};

/** The body of an old route: what was not in the address. */
export class OldExecuteDto {
  @ApiPropertyOptional({ type: 'object', additionalProperties: true }) input_data?: object;
  @ApiPropertyOptional({ type: ExecutionConfigDto }) config?: ExecutionConfigDto;
  @ApiPropertyOptional({ default: false, description: 'As `config.debug_mode` today.' }) debug_mode?: boolean;
}

export class OldChatDto {
  @ApiProperty({ example: 'Hello!' }) message!: string;
  @ApiPropertyOptional({ nullable: true, type: String }) conversation_id?: string | null;
  @ApiPropertyOptional({ nullable: true, type: String, description: 'As `definition_id` today.' })
  workflow_definition_id?: string | null;
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: '`enable_memory, enable_retrieval, enable_tools, llm_config, retrieval_config, tool_config`.',
  })
  workflow_config?: object;
  @ApiPropertyOptional({ nullable: true, type: String }) provider?: string | null;
  @ApiPropertyOptional({ nullable: true, type: String }) model?: string | null;
  @ApiPropertyOptional({ nullable: true, type: Number }) temperature?: number | null;
  @ApiPropertyOptional({ nullable: true, type: Number }) max_tokens?: number | null;
  @ApiPropertyOptional({ default: true }) enable_memory?: boolean;
  @ApiPropertyOptional({ default: false }) enable_retrieval?: boolean;
  @ApiPropertyOptional({ default: false }) enable_tools?: boolean;
  @ApiPropertyOptional({ nullable: true, type: String, description: 'As `config.system_message` today.' })
  system_prompt_override?: string | null;
}

export class OldExecuteCustomDto extends OldExecuteDto {
  @ApiProperty({ type: [NodeDto] }) nodes!: NodeDto[];
  @ApiProperty({ type: [EdgeDto] }) edges!: EdgeDto[];
}

export class OldExecuteTemplateDto extends OldExecuteDto {
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: "What fills the template's parameters.",
  })
  params?: object;
}
