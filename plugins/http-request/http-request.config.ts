import {
  Field,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Json,
  type JsonObject,
  type JsonValue,
  Literal,
  Matches,
  Max,
  Min,
  Nested,
  TakesSecrets,
} from '@chatter/plugin-sdk';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
const AUTH_TYPES = ['bearer', 'basic', 'header', 'query'] as const;
const RESPONSES = ['auto', 'json', 'text'] as const;
const DEFAULT_MAX_BYTES = 5 * 1024 * 1024;
const MOST_BYTES = 16 * 1024 * 1024;

export class HttpAuthConfig {
  @IsIn(AUTH_TYPES)
  @Literal()
  @Field({ label: 'How', help: 'bearer and basic: the header Authorization. header, query: by the name below.' })
  type!: (typeof AUTH_TYPES)[number];

  @IsString()
  @Matches(/^[a-z][a-z0-9_]{0,63}$/)
  @Literal()
  @Field({ label: 'Secret', help: 'Its name.', widget: 'secret' })
  secret!: string;

  @IsOptional()
  @IsString()
  @Field({ label: 'Name', help: 'Of the header or the parameter.' })
  name?: string;

  @IsOptional()
  @IsString()
  @Field({ label: 'User name', help: 'With basic.' })
  username?: string;
}

export class HttpRequestConfig {
  @IsString()
  @Field({
    label: 'URL',
    help: 'http or https; without user name and password.',
    placeholder: 'https://api.example.com/items',
  })
  url!: string;

  @IsOptional()
  @IsIn(METHODS)
  @Field({
    label: 'Method',
    help: 'GET and HEAD look; every other changes something.',
    default: 'GET',
  })
  method!: (typeof METHODS)[number];

  @IsOptional()
  @IsObject()
  @Json()
  @TakesSecrets()
  @Field({ label: 'Headers', help: 'By name; values are texts, numbers or booleans. A null is left out.' })
  headers?: JsonObject;

  @IsOptional()
  @IsObject()
  @Json()
  @Field({
    label: 'Query',
    help: 'By name, added to the URL and encoded. A list repeats its name; a null is left out.',
  })
  @TakesSecrets()
  query?: JsonObject;

  @IsOptional()
  @Json()
  @TakesSecrets()
  @Field({ label: 'Body', help: 'A text is sent as it is; anything else as JSON. A null is no body.' })
  body?: JsonValue;

  @IsOptional()
  @IsObject()
  @Nested(() => HttpAuthConfig)
  @Field({
    label: 'Authentication',
    help: 'A secret that the request carries. It is sent to the hosts of the secret only.',
  })
  auth?: HttpAuthConfig;

  @IsOptional()
  @IsBoolean()
  @Field({
    label: 'Safe',
    help: 'This request changes nothing, whatever its method: it may be repeated freely.',
    default: false,
  })
  safe!: boolean;

  @IsOptional()
  @Json()
  @Field({
    label: 'Expected status',
    help: 'A status (204), a class ("2xx"), or a list of them. Any other is a failure http_<status>.',
    default: '2xx',
  })
  expect_status!: JsonValue;

  @IsOptional()
  @IsIn(RESPONSES)
  @Field({
    label: 'Response',
    help: 'auto: by its content type; json: must be JSON; text: as it comes.',
    default: 'auto',
  })
  response!: (typeof RESPONSES)[number];

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MOST_BYTES)
  @Field({
    label: 'Most bytes',
    help: 'A larger body is a failure.',
    default: DEFAULT_MAX_BYTES,
  })
  max_bytes!: number;

  @IsOptional()
  @IsBoolean()
  @Field({ label: 'Follow redirects', help: 'Ask again where a 3xx answer points to.', default: false })
  follow_redirects!: boolean;
}
