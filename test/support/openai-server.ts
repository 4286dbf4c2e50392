import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ChatCall {
  readonly model: string;
  readonly stream?: boolean;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly [option: string]: unknown;
}

/** What the server does with the next call. */
export type Script =
  | { readonly type: 'say'; readonly text: string }
  | { readonly type: 'refuse'; readonly status: number; readonly headers?: Record<string, string> }
  | { readonly type: 'hang' }
  | { readonly type: 'cut'; readonly text: string };

/** A real HTTP server that speaks the OpenAI chat protocol, plain and streamed, and does what its script says. */
export async function startOpenAiServer() {
  const calls: ChatCall[] = [];
  const script: Script[] = [];
  const server = createServer((request, response) => void answer(request, response));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = JSON.parse(await textOf(request)) as ChatCall;
    calls.push(call);
    const next = script.shift() ?? { type: 'say', text: 'Hello there.' };
    switch (next.type) {
      case 'hang':
        return;
      case 'refuse':
        response.writeHead(next.status, { 'content-type': 'application/json', ...next.headers });
        return void response.end(JSON.stringify({ error: { message: 'refused', type: 'test' } }));
      case 'cut':
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(chunk({ content: next.text }));
        return void setImmediate(() => response.destroy());
      case 'say':
        return call.stream ? streamed(response, next.text) : plain(response, next.text);
    }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    calls,
    script,
    port,
    baseUrl: `http://127.0.0.1:${port}/v1`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 };
const head = { id: 'chatcmpl-1', created: 1, model: 'test-model' };

function plain(response: ServerResponse, content: string): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }];
  response.end(JSON.stringify({ ...head, object: 'chat.completion', choices, usage }));
}

function streamed(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const word of text.match(/\S+\s*/g) ?? []) response.write(chunk({ content: word }));
  response.write(chunk({}, 'stop'));
  response.write(`data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [], usage })}\n\n`);
  response.end('data: [DONE]\n\n');
}

const chunk = (delta: object, finish_reason: string | null = null): string =>
  `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] })}\n\n`;

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request) text += String(part);
  return text;
}
