import type { RecordedEvent } from '#event-store';
import type { JsonObject } from '#plugin-sdk';
import type { ExecutionEngine, Frame } from '#runtime';
import type { EventStream, StreamFrame } from '../http/sse.js';

export interface StreamWish {
  readonly tenant: string;
  readonly executionId: string;
  readonly frames: AsyncIterable<Frame>;
  /** Steps as well, not only text and the end. */
  readonly stepEvents: boolean;
}

/** Behind these nothing comes any more. */
export const endings: ReadonlySet<string> = new Set(['ExecutionCompleted', 'ExecutionFailed', 'ExecutionCancelled']);
const waits: ReadonlySet<string> = new Set(['TimerSet', 'StepUncertain']);

/**
 * Sends a run to a reader as it goes: previews of text, durable frames with their revision, and one completion. Where
 * the run has come to wait, and only there, it says so and ends: the reader comes again, and goes on behind it.
 */
export async function streamRun(engine: ExecutionEngine, stream: EventStream, wish: StreamWish): Promise<void> {
  const { tenant, executionId, frames, stepEvents } = wish;
  let mayWait = false;
  try {
    for await (const frame of frames) {
      if (frame.type === 'token') {
        stream.send(tokenFrame(frame));
        continue;
      }
      const { type, revision } = frame.event;
      const step = stepEvents ? stepFrame(frame.event) : null;
      if (step) stream.send(step, revision);
      if (endings.has(type))
        return stream.send({ type: 'completion', result: await engine.result(tenant, executionId) }, revision);
      mayWait ||= waits.has(type);
      const waiting = mayWait ? await waitAfter(engine, wish, revision) : null;
      if (waiting) return stream.send(waiting, revision);
    }
  } finally {
    stream.end();
  }
}

const tokenFrame = ({ nodeId, path, attempt, offset, content }: Extract<Frame, { type: 'token' }>): StreamFrame => ({
  type: 'token',
  content,
  node_id: nodeId,
  path,
  attempt,
  offset,
});

/** Whether it waits after this event, and nothing has happened since. */
async function waitAfter(
  engine: ExecutionEngine,
  { tenant, executionId }: StreamWish,
  revision: bigint,
): Promise<StreamFrame | null> {
  const state = await engine.stateAt(tenant, executionId, revision);
  if (state?.status !== 'waiting' || (await engine.stateAt(tenant, executionId, revision + 1n)) !== null) return null;
  return { type: 'waiting', waiting_for: state.waiting_for };
}

const stepFrames = { StepStarted: 'step_started', StepCompleted: 'step_completed', StepFailed: 'step_failed' } as const;

function stepFrame({ type, data }: RecordedEvent): StreamFrame | null {
  if (!Object.hasOwn(stepFrames, type)) return null;
  const { path, attempt, port, failure, effects } = JSON.parse(data) as JsonObject & { path: string };
  const node_id = path.slice(path.lastIndexOf('/') + 1);
  const more = {
    ...(port !== undefined && { port }),
    ...(effects !== undefined && { effects }),
    ...(failure !== undefined && { error: failure }),
  };
  return { type: stepFrames[type as keyof typeof stepFrames], node_id, path, attempt, ...more };
}
