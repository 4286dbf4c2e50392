import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ChatCall {
  readonly model: string;
  readonly stream?: boolean;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly [option: string]: unknown;
}

/** What the server does with the next call. */
export type Script =
  /** Answers, not before `after`; `usage: false`, and does not tell what it used. `heard`: told when the call has come. */
  | {
      readonly type: 'say';
      readonly text: string;
      readonly usage?: boolean;
      readonly after?: Promise<void>;
      readonly heard?: () => void;
    }
  | { readonly type: 'refuse'; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** Never answers; tells when the call has come. */
  | { readonly type: 'hang'; readonly heard?: () => void }
  /** Closes the connection in the middle of the answer. */
  | { readonly type: 'cut'; readonly text: string }
  /** Tells of an error in the middle of a streamed answer. */
  | { readonly type: 'break'; readonly text: string }
  /** Answers with 200 and what is no answer. */
  | { readonly type: 'garble' };

/** A server of the OpenAI protocol on loopback. */
export interface OpenAiServer {
  readonly baseUrl: string;
  readonly port: number;
  /** Every call in order, and the headers it came with. */
  readonly calls: ChatCall[];
  readonly headers: IncomingHttpHeaders[];
  /** What it will do; when nothing is left it says "Hello there." */
  readonly script: Script[];
  close(): Promise<void>;
}

/** A real HTTP server that speaks the OpenAI chat protocol, whole and streamed, and does what its script says. */
export async function startOpenAiServer(): Promise<OpenAiServer> {
  const calls: ChatCall[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const script: Script[] = [];
  const server = createServer((request, response) => void answer(request, response));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = JSON.parse(await textOf(request)) as ChatCall;
    calls.push(call);
    headers.push(request.headers);
    play(script.shift() ?? { type: 'say', text: 'Hello there.' }, call, response);
  }

  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    calls,
    headers,
    script,
    port,
    baseUrl: `http://127.0.0.1:${port}/v1`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function play(next: Script, call: ChatCall, response: ServerResponse): void {
  const streams = call.stream === true;
  switch (next.type) {
    case 'say':
      next.heard?.();
      void Promise.resolve(next.after).then(() => say(response, streams, next));
      return;
    case 'refuse':
      response.writeHead(next.status, { 'content-type': 'application/json', ...next.headers });
      response.end(JSON.stringify({ error: { message: 'refused', type: 'test' } }));
      return;
    case 'hang':
      next.heard?.();
      return;
    case 'cut':
      response.writeHead(200, { 'content-type': streams ? 'text/event-stream' : 'application/json' });
      response.write(streams ? chunk({ content: next.text }) : '{"id":', () => response.destroy());
      return;
    case 'break':
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(chunk({ content: next.text }));
      response.end('data: {"error":{"message":"overloaded","type":"test"}}\n\ndata: [DONE]\n\n');
      return;
    case 'garble':
      response.writeHead(200, { 'content-type': streams ? 'text/event-stream' : 'application/json' });
      response.end(streams ? 'data: {"no": "answer"}\n\n' : '<html>Welcome</html>');
  }
}

const head = { id: 'chatcmpl-1', created: 1, model: 'test-model' };

const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 };

function say(
  response: ServerResponse,
  streams: boolean,
  { text, usage: tells = true }: Extract<Script, { type: 'say' }>,
): void {
  response.writeHead(200, { 'content-type': streams ? 'text/event-stream' : 'application/json' });
  if (!streams) {
    const choices = [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }];
    response.end(JSON.stringify({ ...head, object: 'chat.completion', choices, ...(tells ? { usage } : {}) }));
    return;
  }
  for (const word of text.match(/\S+\s*/g) ?? []) response.write(chunk({ content: word }));
  response.write(chunk({}, 'stop'));
  if (tells) response.write(event({ ...head, object: 'chat.completion.chunk', choices: [], usage }));
  response.end('data: [DONE]\n\n');
}

const chunk = (delta: object, finish: string | null = null): string =>
  event({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }] });

const event = (data: object): string => `data: ${JSON.stringify(data)}\n\n`;

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request.setEncoding('utf8')) text += String(part);
  return text;
}
