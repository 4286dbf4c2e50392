import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A call as it came in, in the protocol's own words. */
export interface ChatCall {
  readonly model: string;
  readonly stream?: boolean;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a message is whatever the test says that it must be
  readonly messages: readonly any[];
  readonly [option: string]: unknown;
}

export interface SaidToolCall {
  readonly id: string;
  readonly name: string;
  /** A text is sent as it stands. */
  readonly arguments: object | string;
}

/** What the server does with the next call. */
export type Script =
  /** Answers, not before `after`; `usage: false`, and does not tell what it used. `heard`: told when the call has come. */
  | {
      readonly type: 'say';
      readonly text: string;
      readonly toolCalls?: readonly SaidToolCall[];
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

export type Said = Extract<Script, { type: 'say' }>;

/** What both protocols' servers say that a call used. */
export const usage = { prompt: 7, completion: 3 };

/** How a protocol puts things. */
export interface Protocol {
  whole(said: Said): object;
  /** The events of a streamed answer, as they are sent. */
  streamed(said: Said): string[];
  /** The first words of a streamed answer. */
  begun(text: string): string;
  /** What tells of an error within a stream, and ends it. */
  broken: string;
  refused: object;
}

/** A server of models on loopback. */
export interface ModelServer {
  readonly baseUrl: string;
  readonly port: number;
  /** Every call in order, and the headers it came with. */
  readonly calls: ChatCall[];
  readonly headers: IncomingHttpHeaders[];
  /** What it will do; when nothing is left it says "Hello there." */
  readonly script: Script[];
  close(): Promise<void>;
}

/** A real HTTP server that speaks the protocol, whole and streamed, and does what its script says. */
export async function startModelServer(protocol: Protocol): Promise<ModelServer> {
  const calls: ChatCall[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const script: Script[] = [];
  const server = createServer((request, response) => void answer(request, response));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = JSON.parse(await textOf(request)) as ChatCall;
    calls.push(call);
    headers.push(request.headers);
    play(script.shift() ?? { type: 'say', text: 'Hello there.' }, call.stream === true, protocol, response);
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

function play(next: Script, streams: boolean, protocol: Protocol, response: ServerResponse): void {
  const begin = (): unknown =>
    response.writeHead(200, { 'content-type': streams ? 'text/event-stream' : 'application/json' });
  switch (next.type) {
    case 'say':
      next.heard?.();
      return void Promise.resolve(next.after).then(() => {
        begin();
        if (!streams) return response.end(JSON.stringify(protocol.whole(next)));
        for (const event of protocol.streamed(next)) response.write(event);
        return response.end();
      });
    case 'refuse':
      response.writeHead(next.status, { 'content-type': 'application/json', ...next.headers });
      return void response.end(JSON.stringify(protocol.refused));
    case 'hang':
      return next.heard?.();
    case 'cut':
      begin();
      return void response.write(streams ? protocol.begun(next.text) : '{"id":', () => response.destroy());
    case 'break':
      begin();
      response.write(protocol.begun(next.text));
      return void response.end(protocol.broken);
    case 'garble':
      begin();
      response.end(streams ? 'data: {"no": "answer"}\n\n' : '<html>Welcome</html>');
  }
}

export const wordsOf = (text: string): string[] => text.match(/\S+\s*/g) ?? [];

export const textOfArguments = ({ arguments: given }: SaidToolCall): string =>
  typeof given === 'string' ? given : JSON.stringify(given);

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request.setEncoding('utf8')) text += String(part);
  return text;
}
