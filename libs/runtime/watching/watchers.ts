import type { RecordedEvent } from '#event-store';
import type { ExecutionContext, RunningStep } from '../execution-context.js';
import type { Frame } from './run.js';

/** `lost`: it is not carried out here any more. `context`: the execution as it stands when the frame is sent. */
type Listener = (frame: Frame | 'lost', context: ExecutionContext) => void;

/** Who looks at an execution while it runs: durable events as they become so, and previews of text in between. */
export class Watchers {
  private readonly listeners = new Map<string, Set<Listener>>();

  /** Until the answer is called. */
  listen(executionId: string, listener: Listener): () => void {
    const all = this.listeners.get(executionId) ?? new Set();
    this.listeners.set(executionId, all.add(listener));
    return () => {
      all.delete(listener);
      if (all.size === 0) this.listeners.delete(executionId);
    };
  }

  /** Listens at once, for somebody who will come in a moment and must not miss how it began. */
  ahead(executionId: string): (listener: Listener) => () => void {
    let kept: Parameters<Listener>[] = [];
    let forward: Listener = (...frame) => void kept.push(frame);
    const stop = this.listen(executionId, (...frame) => forward(...frame));
    return (listener) => {
      for (const frame of kept) listener(...frame);
      kept = [];
      forward = listener;
      return stop;
    };
  }

  durable(context: ExecutionContext, events: readonly RecordedEvent[]): void {
    const all = this.listeners.get(context.executionId);
    if (!all) return;
    for (const event of events) for (const listener of all) listener({ type: 'event', event }, context);
  }

  lost(context: ExecutionContext): void {
    for (const listener of this.listeners.get(context.executionId) ?? []) listener('lost', context);
  }

  token(context: ExecutionContext, step: RunningStep, content: string): void {
    const offset = step.text.length;
    step.text += content;
    for (const listener of this.listeners.get(context.executionId) ?? [])
      listener(tokenFrame(step, offset, content), context);
  }
}

/** What a step has said so far, for a watcher who has come later. */
export const textSoFar = (context: ExecutionContext): Frame[] =>
  [...context.running.values()].filter((step) => step.text !== '').map((step) => tokenFrame(step, 0, step.text));

const tokenFrame = (step: RunningStep, offset: number, content: string): Frame => ({
  type: 'token',
  nodeId: step.nodeId,
  path: step.path,
  attempt: step.attempt,
  offset,
  content,
});
