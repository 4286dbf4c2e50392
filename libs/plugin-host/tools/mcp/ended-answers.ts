type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** The protocol's code for a connection that closed. */
const CLOSED = -32_000;

/**
 * `fetch` for the client's transport, which would wait for a response until its time-out where a streamed answer ends, or
 * breaks off, without one.
 *
 * 1. Behind the last of a streamed answer stands an error for the request that it answers. Where the response has come,
 *    the client knows no such request any more, and drops it; where it has not, none will come.
 * 2. No stream is opened for messages that nobody asked for (405): the tools are listed again every so often anyway.
 */
export function endingAnswers(fetch: Fetch): Fetch {
  return async (url, init) => {
    if (init?.method === 'GET') return new Response(null, { status: 405 }); // rule 2
    const response = await fetch(url, init);
    const { status, statusText, headers, body } = response;
    const id = requestIn(init?.body);
    if (id === null || body === null || !/^text\/event-stream\b/i.test(headers.get('content-type') ?? ''))
      return response;
    return new Response(ended(body, errorFor(id)), { status, statusText, headers: [...headers] }); // rule 1
  };
}

function requestIn(body: unknown): string | number | null {
  const { id } = (typeof body === 'string' ? JSON.parse(body) : {}) as { id?: string | number };
  return id ?? null;
}

/** What came before it may be half an event: the empty line ends that. */
function errorFor(id: string | number): Uint8Array {
  const error = { code: CLOSED, message: 'The answer ended without a response.' };
  return new TextEncoder().encode(`\n\ndata: ${JSON.stringify({ jsonrpc: '2.0', id, error })}\n\n`);
}

function ended(body: ReadableStream<Uint8Array>, last: Uint8Array): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined })); // broken off
      controller.enqueue(done ? last : value!);
      if (done) controller.close();
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
