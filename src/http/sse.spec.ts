import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { FastifyReply } from 'fastify';
import { EventStream } from './sse.js';

/** The raw answer: what has been written, and how much of it waits for the reader. */
class RawAnswer extends EventEmitter {
  readonly written: string[] = [];
  head: Record<string, string> = {};
  writableLength = 0;
  destroyed = false;
  ended = false;
  writeHead = (_status: number, headers: Record<string, string>) => void (this.head = headers);
  flushHeaders = () => undefined;
  write = (text: string) => void this.written.push(text);
  end = () => void (this.ended = true);
  destroy = () => {
    this.destroyed = true;
    this.emit('close');
  };
}

let raw: RawAnswer;
let stillMay: boolean;
let stream: EventStream;
beforeEach(() => {
  jest.useFakeTimers();
  raw = new RawAnswer();
  stillMay = true;
  const reply = { raw, hijack: () => reply, getHeaders: () => ({ 'x-request-id': 'req_1' }) };
  stream = new EventStream(reply as unknown as FastifyReply, {
    headers: { location: '/there' },
    stillMay: async () => stillMay,
  });
});
afterEach(() => {
  stream.end();
  jest.useRealTimers();
});

describe('An event stream', () => {
  it('has the headers of every answer, and its own', () => {
    expect(raw.head).toMatchObject({
      'x-request-id': 'req_1',
      location: '/there',
      'content-type': 'text/event-stream; charset=utf-8',
    });
  });

  it('sends one line of JSON for each frame, and an id with durable ones only', () => {
    stream.send({ type: 'token', content: 'a\nb' });
    stream.send({ type: 'completion', result: null }, 7n);
    expect(raw.written).toEqual([
      'data: {"type":"token","content":"a\\nb"}\n\n',
      'id: 7\ndata: {"type":"completion","result":null}\n\n',
    ]);
  });

  it('knows its frames: any other is a bug', () => {
    expect(() => stream.send({ type: 'surprise' as 'token' })).toThrow('surprise');
  });

  it('beats every 15 s', async () => {
    await jest.advanceTimersByTimeAsync(45_000);
    expect(raw.written).toEqual([': heartbeat\n\n', ': heartbeat\n\n', ': heartbeat\n\n']);
  });

  it('ends within a minute for a reader who may not read any more', async () => {
    stillMay = false;
    await jest.advanceTimersByTimeAsync(60_000);
    expect([raw.destroyed, stream.gone.signal.aborted]).toEqual([true, true]);
  });

  it('drops a reader who is more than 256 KiB behind, but sends one large frame to a fast one', () => {
    stream.send({ type: 'completion', result: 'x'.repeat(1_000_000) });
    expect([raw.written.length, raw.destroyed]).toEqual([1, false]);
    raw.writableLength = 256 * 1024 + 1;
    stream.send({ type: 'token', content: 'late' });
    expect([raw.written.length, raw.destroyed, stream.gone.signal.aborted]).toEqual([1, true, true]);
  });

  it('writes nothing to a reader who is gone', () => {
    raw.emit('close');
    stream.send({ type: 'token', content: 'nobody' });
    expect(raw.written).toEqual([]);
  });

  it('is over when it ends', async () => {
    stream.end();
    await jest.advanceTimersByTimeAsync(60_000);
    expect([raw.ended, raw.written]).toEqual([true, []]);
  });
});
