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
  ListOf,
  Literal,
  Max,
  Min,
} from '@chatter/plugin-sdk';

const ROLES = ['system', 'user', 'assistant'] as const;

export class ModelMessageConfig {
  @IsIn(ROLES)
  @Field({ label: 'Who', help: 'Who says it.' })
  role!: (typeof ROLES)[number];

  @IsString()
  @Field({ label: 'Text', help: 'What is said.' })
  content!: string;
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
  @IsObject()
  @Json()
  @Literal()
  @Field({ label: 'Response schema', help: 'A JSON Schema: the answer is then also given as data of that shape.' })
  response_schema?: JsonObject;

  @IsOptional()
  @IsBoolean()
  @Field({ label: 'Stream', help: 'Show the text while it comes.', default: true })
  stream!: boolean;
}
