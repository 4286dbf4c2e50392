import {
  ArrayMaxSize,
  Field,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Json,
  type JsonObject,
  type JsonValue,
  ListOf,
  Literal,
  Max,
  Min,
} from '@chatter/plugin-sdk';

const ROLES = ['system', 'user', 'assistant', 'tool'] as const;
const MOST_IMAGES = 16;

export class ModelImageConfig {
  @IsString()
  @Field({ label: 'Data', help: 'In base64, or as a data: URL.' })
  data!: string;

  @IsOptional()
  @IsString()
  @Field({ label: 'Type', help: 'image/png, image/jpeg, image/gif or image/webp. A data: URL says it itself.' })
  mime?: string;
}

export class ModelToolCallConfig {
  @IsString()
  @Field({ label: 'Id', help: 'What the answer refers to.' })
  id!: string;

  @IsString()
  @Field({ label: 'Tool' })
  name!: string;

  @IsOptional()
  @IsObject()
  @Json()
  @Field({ label: 'Arguments', default: {} })
  arguments!: JsonObject;
}

export class ModelMessageConfig {
  @IsIn(ROLES)
  @Field({ label: 'Who', help: 'Who says it; "tool" is what a tool came to.' })
  role!: (typeof ROLES)[number];

  @IsString()
  @Field({ label: 'Text', help: 'What is said.' })
  content!: string;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MOST_IMAGES)
  @ListOf(() => ModelImageConfig)
  @Field({ label: 'Images', help: 'Of a user.' })
  images?: ModelImageConfig[];

  @IsOptional()
  @IsArray()
  @ListOf(() => ModelToolCallConfig)
  @Field({ label: 'Tool calls', help: 'Of an assistant: what it asked for.' })
  tool_calls?: ModelToolCallConfig[];

  @IsOptional()
  @IsString()
  @Field({ label: 'Tool call', help: 'Of a tool: the id of the call that this answers.' })
  tool_call_id?: string;

  @IsOptional()
  @IsString()
  @Field({ label: 'Tool', help: 'Of a tool: its name.' })
  name?: string;
}

/** What a model node can be told. A field left out is the execution's or the server's to choose. */
export class ModelConfig {
  @IsOptional()
  @IsString()
  @Field({ label: 'Provider', help: "Who serves the model. Left out: the execution's, else the server's default." })
  provider?: string;

  @IsOptional()
  @IsString()
  @Field({ label: 'Model', help: "Which model answers. Left out: the execution's, else the server's default." })
  model?: string;

  @IsOptional()
  @IsString()
  @Field({ label: 'Prompt', help: "The user's text.", placeholder: '{{ input.message }}', widget: 'textarea' })
  prompt?: string;

  @IsOptional()
  @IsString()
  @Field({ label: 'System message', help: 'How the model is to behave.', widget: 'textarea' })
  system_message?: string;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(1_000)
  @ListOf(() => ModelMessageConfig)
  @Field({ label: 'Messages', help: 'The talk so far; the prompt comes after it.' })
  messages?: ModelMessageConfig[];

  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(2)
  @Field({ label: 'Temperature', help: '0 for the likeliest answer, up to 2 for surprising ones.' })
  temperature?: number;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Field({ label: 'Most tokens', help: 'The answer ends there, finished or not.' })
  max_tokens?: number;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @ListOf('string')
  @Field({ label: 'Tools', help: 'Names of tools that the model may ask for; * for all that the execution may use.' })
  tools?: string[];

  @IsOptional()
  @IsBoolean()
  @Literal()
  @Field({
    label: 'Run tools',
    help: 'Call what the model asks for, and tell it the results, until it answers. Off: what it asks for is the output.',
    default: true,
  })
  run_tools!: boolean;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(100)
  @Field({ label: 'Most tool calls', help: 'After that it has to answer without.', default: 10 })
  max_tool_calls!: number;

  @IsOptional()
  @IsObject()
  @Json()
  @Literal()
  @Field({ label: 'Response schema', help: 'A JSON Schema: the answer is then also given as data of that shape.' })
  response_schema?: JsonObject;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MOST_IMAGES)
  @ListOf(() => ModelImageConfig)
  @Field({ label: 'Images', help: 'Shown to the model with the prompt.' })
  images?: ModelImageConfig[];

  @IsOptional()
  @Json()
  @Field({
    label: 'Use memory',
    help: 'Tell the model what a memory node gave that leads here. Or that output itself.',
    default: false,
  })
  use_memory!: JsonValue;

  @IsOptional()
  @Json()
  @Field({
    label: 'Use context',
    help: 'Show the model the documents of a retrieval node that leads here. Or a list of documents.',
    default: false,
  })
  use_context!: JsonValue;

  @IsOptional()
  @IsBoolean()
  @Field({ label: 'Stream', help: 'Show the text while it comes.', default: true })
  stream!: boolean;
}
