/** How long after the end of an answer its last message may still be on its way through the parser. */
const GRACE_MS = 20;

type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/**
 * `fetch` for the client's transport, which tells when a streamed answer has ended: where the transport has not found the
 * response in it, none will come, and the transport itself would wait for it until its time-out.
 *
 * It opens no stream for messages that nobody asked for (405): the tools are listed again every so often anyway.
 */
export function tellingEnds(fetch: Fetch, ended: (key: string) => void): Fetch {
  return async (url, init) => {
    if (init?.method === 'GET') return new Response(null, { status: 405 });
    const response = await fetch(url, init);
    const key = keyOf(init?.body);
    const streamed = /^text\/event-stream\b/i.test(response.headers.get('content-type') ?? '');
    if (key === null || response.body === null || !streamed) return response;
    const { status, statusText, headers } = response;
    const told = () => void setTimeout(() => ended(key), GRACE_MS);
    return new Response(telling(response.body, told), { status, statusText, headers: [...headers] });
  };
}

/** Under which name a call's key is sent to the server. */
export const KEY_IN_META = 'chatter/idempotency_key';

function keyOf(body: unknown): string | null {
  if (typeof body !== 'string') return null;
  const { params } = JSON.parse(body) as { params?: { _meta?: Readonly<Record<string, unknown>> } };
  const key = params?._meta?.[KEY_IN_META];
  return typeof key === 'string' ? key : null;
}

function telling(body: ReadableStream<Uint8Array>, ended: () => void): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        controller.close();
      } catch (error) {
        controller.error(error);
      }
      ended();
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
