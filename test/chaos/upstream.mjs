import { createServer } from 'node:http';

/** A target that takes its time, and remembers each call by its idempotency key: when it came, in ms since the epoch. */
export async function startUpstream(delayMs) {
  const calls = new Map();
  const server = createServer((request, response) => {
    const key = request.headers['idempotency-key'] ?? 'none';
    const url = request.url;
    const known = calls.get(key) ?? { url, times: [] };
    known.times.push(Date.now());
    calls.set(key, known);
    request.resume();
    setTimeout(
      () =>
        response.setHeader('content-type', 'application/json').end(JSON.stringify({ key, call: known.times.length })),
      delayMs,
    );
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  return { port, url: `http://127.0.0.1:${port}`, calls, close: () => new Promise((resolve) => server.close(resolve)) };
}
