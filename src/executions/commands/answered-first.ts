import type { Frame, Run } from '#runtime';
import type { Answers } from '../../conversations/answers.js';

const endings: ReadonlySet<string> = new Set(['ExecutionCompleted', 'ExecutionFailed', 'ExecutionCancelled']);

/** A chat's run: whoever hears that it has ended finds the answer in the conversation. */
export const answeredFirst = (run: Run, answers: Pick<Answers, 'ended'>): Run => ({
  executionId: run.executionId,
  replayed: run.replayed,
  accepted: () => run.accepted(),
  settled: async (waitMs) => {
    const result = await run.settled(waitMs);
    if (result.success !== null) await answers.ended(run.executionId);
    return result;
  },
  watch: async (signal) => heldBack(await run.watch(signal), () => answers.ended(run.executionId)),
});

async function* heldBack(frames: AsyncIterable<Frame>, beforeEnd: () => Promise<void>): AsyncGenerator<Frame> {
  for await (const frame of frames) {
    if (frame.type === 'event' && endings.has(frame.event.type)) await beforeEnd();
    yield frame;
  }
}
