import {
  Field,
  IsIn,
  IsOptional,
  IsString,
  type JsonObject,
  type Tool,
  type ToolContext,
  WorkflowTool,
} from '@chatter/plugin-sdk';
import { answerOf, MAX_ANSWER_BYTES } from './http-answer.js';

class HttpArguments {
  @IsString()
  @Field({ label: 'URL', help: 'http or https, written in full.', min: 1, max: 8_192 })
  url!: string;

  @IsOptional()
  @IsIn(['GET', 'HEAD'])
  @Field({ label: 'Method', default: 'GET' })
  method!: 'GET' | 'HEAD';
}

/** Reads over HTTP. Where it may go is the server's to say; it sends no headers of the caller's, so it carries no secret. */
@WorkflowTool({
  name: 'http',
  description: 'Reads a web address with GET or HEAD. Gives {status, headers, body}; JSON is parsed. Changes nothing.',
  effects: 'read',
  idempotent: true,
  arguments: HttpArguments,
})
export class HttpTool implements Tool<HttpArguments> {
  async execute({ args: { url, method }, http }: ToolContext<HttpArguments>): Promise<JsonObject> {
    const request = { url, method, headers: { accept: 'application/json, text/*;q=0.9, */*;q=0.1' } };
    return answerOf(await http.send({ ...request, maxBytes: MAX_ANSWER_BYTES, followRedirects: method === 'GET' }));
  }
}
