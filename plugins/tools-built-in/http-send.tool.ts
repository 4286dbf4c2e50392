import {
  Field,
  IsIn,
  IsOptional,
  IsString,
  Json,
  type JsonObject,
  type JsonValue,
  type Tool,
  type ToolContext,
  WorkflowTool,
} from '@chatter/plugin-sdk';
import { answerOf, MAX_ANSWER_BYTES } from './http-answer.js';

class HttpSendArguments {
  @IsString()
  @Field({ label: 'URL', help: 'http or https, written in full.', min: 1, max: 8_192 })
  url!: string;

  @IsOptional()
  @IsIn(['POST', 'PUT', 'PATCH', 'DELETE'])
  @Field({ label: 'Method', default: 'POST' })
  method!: 'POST' | 'PUT' | 'PATCH' | 'DELETE';

  @IsOptional()
  @Json()
  @Field({ label: 'Body', help: 'A text is sent as it is, anything else as JSON.' })
  body?: JsonValue;
}

/** Writes over HTTP. The key is the same for every attempt, so that the target can know a repetition. */
@WorkflowTool({
  name: 'http_send',
  description: 'Sends to a web address with POST, PUT, PATCH or DELETE. Gives {status, headers, body}; JSON is parsed.',
  effects: 'write',
  idempotent: true,
  arguments: HttpSendArguments,
})
export class HttpSendTool implements Tool<HttpSendArguments> {
  async execute({ args, http, idempotencyKey }: ToolContext<HttpSendArguments>): Promise<JsonObject> {
    const { url, method, body } = args;
    const isText = typeof body === 'string';
    const response = await http.send({
      url,
      method,
      headers: {
        'idempotency-key': idempotencyKey,
        ...(body !== undefined && { 'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json' }),
      },
      ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
      maxBytes: MAX_ANSWER_BYTES,
      followRedirects: false,
    });
    return answerOf(response);
  }
}
