import type { FastifyReply } from 'fastify';

/** A reader this far behind is dropped; it resumes from the last durable frame it has. */
const mostBuffered = 256 * 1024;
const heartbeatMs = 15_000;

const eventNames = ['token', 'completion', 'step_started', 'step_completed', 'step_failed', 'waiting'] as const;
export type StreamFrame = { readonly type: (typeof eventNames)[number] } & Readonly<Record<string, unknown>>;

/** Server-sent events: an id is a number, data is one line of JSON, and a slow reader holds nobody's memory. */
export class EventStream {
  private readonly heartbeat: NodeJS.Timeout;
  /** Aborted when the reader is gone. */
  readonly gone = new AbortController();

  constructor(
    private readonly reply: FastifyReply,
    headers: Readonly<Record<string, string>>,
  ) {
    const { raw } = reply.hijack();
    raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      ...headers,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      connection: 'keep-alive',
    });
    raw.flushHeaders();
    raw.on('close', () => this.gone.abort());
    this.heartbeat = setInterval(() => this.write(': heartbeat\n\n'), heartbeatMs);
  }

  /** `id`: the revision, on durable frames only. */
  send(frame: StreamFrame, id?: bigint): void {
    const name = eventNames.find((each) => each === frame.type);
    if (name === undefined) throw new Error(`"${frame.type}" is no frame of a stream.`);
    this.write(`${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(frame)}\n\n`);
  }

  end(): void {
    clearInterval(this.heartbeat);
    this.reply.raw.end();
  }

  private write(text: string): void {
    const { raw } = this.reply;
    if (this.gone.signal.aborted || raw.destroyed) return;
    raw.write(text);
    if (raw.writableLength <= mostBuffered) return;
    this.gone.abort();
    raw.destroy();
  }
}
