import {
  BaseWorkflowNode,
  type ConfigFinding,
  Field,
  IsArray,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  Json,
  type JsonObject,
  type JsonValue,
  ListOf,
  Literal,
  type NodeContext,
  type NodeResult,
  type ResolvedConfig,
  usesPattern,
  WorkflowNode,
} from '@chatter/plugin-sdk';
import { problemOfHeader, problemOfMethods, problemOfPath, problemOfVerify } from './webhook-rules.js';

export class WebhookConfig {
  @IsString()
  @Literal()
  @Field({ label: 'Path', help: 'Requests go to /hooks/<tenant>/<path>.', placeholder: 'orders/new' })
  path!: string;

  @IsOptional()
  @IsArray()
  @ListOf('string')
  @Literal()
  @Field({ label: 'Methods', help: 'Of GET, POST, PUT, PATCH, DELETE.', default: ['POST'] })
  methods?: string[];

  @IsOptional()
  @Json()
  @Literal()
  @Field({
    label: 'Verify',
    help: '"none"; {secret}: a secret in a header; {scheme: "hmac_sha256", header, secret}: a signature of the body.',
    default: 'none',
  })
  verify?: JsonValue;

  @IsOptional()
  @IsObject()
  @Json()
  @Literal()
  @Field({ label: 'Body schema', help: 'A JSON Schema. A request whose body does not fit begins nothing.' })
  body_schema?: JsonObject;

  @IsOptional()
  @IsIn(['accepted', 'result'])
  @Literal()
  @Field({ label: 'Respond', help: 'accepted: at once; result: with the output.', default: 'accepted' })
  respond?: 'accepted' | 'result';

  @IsOptional()
  @IsString()
  @Literal()
  @Field({
    label: 'Delivery header',
    help: 'The header that carries the id of a delivery: a delivery that comes again runs once.',
  })
  delivery_header?: string;
}

/** Where an execution begins when a request comes to its own address, while its definition is active. */
@WorkflowNode({
  type: 'webhook',
  version: 1,
  label: 'Webhook',
  description: 'Begins an execution when a request comes to its address, while the definition is active.',
  category: 'trigger',
  icon: 'webhook',
  effects: 'none',
  ports: ['out'],
  entry: 'trigger',
  config: WebhookConfig,
})
export class WebhookNode extends BaseWorkflowNode<WebhookConfig> {
  execute({ input }: NodeContext<WebhookConfig>): NodeResult {
    return this.to('out', input);
  }

  validate(config: ResolvedConfig): ConfigFinding[] {
    const { path, methods, verify = 'none', body_schema: schema, delivery_header: header } = config;
    const patterned =
      schema !== undefined && usesPattern(schema)
        ? 'A body_schema may not use `pattern`. Check the text with a condition: matches(input.body.code, "^[A-Z]+$").'
        : null;
    return [
      ...finding('/path', problemOfPath(path)),
      ...finding('/methods', problemOfMethods(methods)),
      ...finding('/verify', problemOfVerify(verify)),
      ...finding('/body_schema', patterned),
      ...finding('/delivery_header', header === undefined ? null : problemOfHeader(header)),
    ];
  }
}

const finding = (path: string, message: string | null): ConfigFinding[] =>
  message === null ? [] : [{ path, message }];
