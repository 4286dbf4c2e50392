import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * What the guides call `https://api.example.com`, on loopback: `/flaky` fails once for each key (503, come back in a
 * moment), `/down` always does, every other path answers with what it was sent.
 */
export async function startExampleServer(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const seen = new Set<string>();
  const server = createServer((request, response) => {
    void (async () => {
      let body = '';
      for await (const chunk of request.setEncoding('utf8')) body += String(chunk);
      const key = `${request.method} ${request.headers['idempotency-key'] as string | undefined}`;
      const first = !seen.has(key);
      seen.add(key);
      const path = request.url ?? '';
      const fails = path.startsWith('/down') || (path.startsWith('/flaky') && first);
      response.writeHead(fails ? 503 : 200, {
        'content-type': 'application/json',
        ...(fails && { 'retry-after': '0' }),
      });
      response.end(
        fails ? '{"error":"busy"}' : JSON.stringify({ path, received: body === '' ? null : JSON.parse(body) }),
      );
    })();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
