import {
  ArrayMaxSize,
  Field,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  ListOf,
  Literal,
  Max,
  Min,
} from '@chatter/plugin-sdk';

export const OPERATIONS = ['load', 'store'] as const;
const ROLES = ['user', 'assistant'] as const;

export class MemoryMessageConfig {
  @IsIn(ROLES)
  @Field({ label: 'Who', help: 'Who said it.' })
  role!: (typeof ROLES)[number];

  @IsString()
  @Field({ label: 'Text', help: 'What was said.' })
  content!: string;
}

export class MemoryConfig {
  @IsOptional()
  @IsIn(OPERATIONS)
  @Literal()
  @Field({ label: 'Operation', help: 'Load what was said before, or store messages.', default: 'load' })
  operation!: (typeof OPERATIONS)[number];

  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(1_000)
  @Field({ label: 'Window', help: 'How many of the last messages are loaded.', default: 10 })
  memory_window!: number;

  @IsOptional()
  @IsBoolean()
  @Field({ label: 'Summarise', help: 'What came before the window is kept in short.', default: true })
  summarize!: boolean;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @ListOf(() => MemoryMessageConfig)
  @Field({ label: 'Messages', help: 'What is stored.' })
  messages?: MemoryMessageConfig[];
}
