import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Words that mean the same, each line one direction. */
const meanings = [
  ['cat', 'kitten', 'feline', 'purrs'],
  ['car', 'automobile', 'vehicle', 'engine'],
  ['holiday', 'vacation', 'leave', 'absence'],
];

/** One direction for each meaning, and one more for what has none. */
function vectorOf(text: string, turned: boolean): number[] {
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  const counts = meanings.map((alike) => words.filter((word) => alike.includes(word.replace(/s$/, ''))).length);
  const vector = [...counts, counts.some((count) => count > 0) ? 0 : 1];
  return turned ? vector.toReversed() : vector;
}

export interface EmbeddingsServer {
  readonly baseUrl: string;
  /** Texts that it was asked for, of all requests. */
  readonly asked: string[];
  /** Answers the next requests with these, then as ever. */
  readonly failures: { readonly status: number; readonly headers?: Record<string, string> }[];
  close(): Promise<void>;
}

/** Speaks `POST /v1/embeddings` on loopback: texts that mean alike lie close together, by a few words that it knows. */
export async function startEmbeddingsServer(): Promise<EmbeddingsServer> {
  const asked: string[] = [];
  const failures: EmbeddingsServer['failures'] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (piece: Buffer) => (text += piece.toString()));
    request.on('end', () => {
      const failure = failures.shift();
      if (failure) return response.writeHead(failure.status, failure.headers).end('{"error":{"message":"Not now."}}');
      const { input, model } = JSON.parse(text) as { input: string[]; model: string };
      asked.push(...input);
      if (input.some((each) => each.includes('refuse-me')))
        return response.writeHead(400).end('{"error":{"message":"This text is not to be had."}}');
      const data = input.map((each, index) => ({
        index,
        object: 'embedding',
        embedding: vectorOf(each, model === 'turned'),
      }));
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ object: 'list', model, data, usage: { prompt_tokens: 1, total_tokens: 1 } }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { baseUrl: `http://127.0.0.1:${port}/v1`, asked, failures, close };
}
