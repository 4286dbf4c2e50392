import type { RecordedEvent } from '#event-store';
import type { JsonObject } from '#plugin-sdk';
import type { ExecutionEngine, ExecutionResult } from '#runtime';
import type { EventStream, StreamFrame } from '../http/sse.js';

export interface StreamWish {
  readonly tenant: string;
  readonly executionId: string;
  /** After this revision. */
  readonly from: bigint;
  /** Steps as well, not only text and the end. */
  readonly stepEvents: boolean;
}

const ends = new Set(['ExecutionCompleted', 'ExecutionFailed', 'ExecutionCancelled']);
const waits = new Set(['TimerSet', 'StepUncertain']);

/** Sends a run to a reader as it goes: previews of text, durable frames with their revision, and one completion. */
export async function streamRun(engine: ExecutionEngine, stream: EventStream, wish: StreamWish): Promise<void> {
  const { tenant, executionId, from, stepEvents } = wish;
  try {
    const frames = await engine.watch(tenant, executionId, { from, signal: stream.gone.signal });
    for await (const frame of frames) {
      if (frame.type === 'token') {
        const { nodeId: node_id, path, attempt, offset, content } = frame;
        stream.send({ type: 'token', content, node_id, path, attempt, offset });
        continue;
      }
      const { event } = frame;
      const step = stepEvents ? stepFrame(event) : null;
      if (step) stream.send(step, event.revision);
      if (!ends.has(event.type) && !waits.has(event.type)) continue;
      const result = (await engine.result(tenant, executionId))!;
      if (ends.has(event.type)) return stream.send({ type: 'completion', result }, event.revision);
      if (isAtWait(result)) return stream.send({ type: 'waiting', waiting_for: result.waiting_for }, event.revision);
    }
  } finally {
    stream.end();
  }
}

const isAtWait = (result: ExecutionResult): boolean => result.status === 'waiting';

function stepFrame({ type, data }: RecordedEvent): StreamFrame | null {
  const names = { StepStarted: 'step_started', StepCompleted: 'step_completed', StepFailed: 'step_failed' } as const;
  if (!(type in names)) return null;
  const { path, attempt, port, failure, effects } = JSON.parse(data) as JsonObject & { path: string };
  const node_id = path.slice(path.lastIndexOf('/') + 1);
  const more = { ...(port !== undefined && { port }), ...(effects !== undefined && { effects }), ...(failure !== undefined && { error: failure }) };
  return { type: names[type as keyof typeof names], node_id, path, attempt, ...more };
}
