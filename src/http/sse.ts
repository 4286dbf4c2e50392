import type { FastifyReply } from 'fastify';

/** A reader this far behind is dropped; it resumes from the last durable frame it has. */
const mostBuffered = 256 * 1024;
const heartbeatMs = 15_000;
/** So often, in heartbeats, it is asked whether the reader still may read. */
const heartbeatsBetweenChecks = 4;

const frameNames = ['token', 'completion', 'step_started', 'step_completed', 'step_failed', 'waiting'] as const;
export type StreamFrame = { readonly type: (typeof frameNames)[number] } & Readonly<Record<string, unknown>>;

export interface EventStreamOptions {
  readonly headers: Readonly<Record<string, string>>;
  /** Whether the credential still holds the right that it came with. */
  readonly stillMay: () => Promise<boolean>;
}

/** Server-sent events: an id is a number, data is one line of JSON, and a slow reader holds nobody's memory. */
export class EventStream {
  private readonly heartbeat: NodeJS.Timeout;
  private heartbeats = 0;
  /** Aborted when the reader is gone. */
  readonly gone = new AbortController();

  constructor(
    private readonly reply: FastifyReply,
    private readonly options: EventStreamOptions,
  ) {
    const { raw } = reply.hijack();
    raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      ...options.headers,
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
      connection: 'keep-alive',
    });
    raw.flushHeaders();
    raw.on('close', () => this.gone.abort());
    this.heartbeat = setInterval(() => void this.beat(), heartbeatMs);
  }

  /** `id`: the revision, on durable frames only. */
  send(frame: StreamFrame, id?: bigint): void {
    if (!frameNames.includes(frame.type)) throw new Error(`"${frame.type}" is no frame of a stream.`);
    this.write(`${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(frame)}\n\n`);
  }

  end(): void {
    clearInterval(this.heartbeat);
    this.reply.raw.end();
  }

  private async beat(): Promise<void> {
    this.heartbeats += 1;
    if (this.heartbeats % heartbeatsBetweenChecks === 0 && !(await this.options.stillMay())) return this.drop();
    this.write(': heartbeat\n\n');
  }

  /** What waits is looked at before, not after: one large frame alone makes nobody slow. */
  private write(text: string): void {
    const { raw } = this.reply;
    if (this.gone.signal.aborted || raw.destroyed) return;
    if (raw.writableLength > mostBuffered) return this.drop();
    raw.write(text);
  }

  private drop(): void {
    this.gone.abort();
    this.reply.raw.destroy();
  }
}
