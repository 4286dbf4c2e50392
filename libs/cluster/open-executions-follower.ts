import { setTimeout as rest } from 'node:timers/promises';
import type { OpenChanges, RecordedOpenChange } from '#event-store';
import type { PostgresOpenExecutions } from './postgres-open-executions.js';

export interface FollowerParts {
  readonly changes: OpenChanges;
  readonly openExecutions: PostgresOpenExecutions;
  /** Of several processes, one follows. */
  readonly turn: { isMine(): Promise<boolean>; close(): Promise<void> };
  readonly log: ClusterLog;
}

export interface ClusterLog {
  error(facts: object, message: string): void;
}

/** Changes that are written at once, at most. */
const batch = 500;
const lookMs = 500;

/** A log that is away for longer may be there for another process. */
const awayMs = 4_000;
const checkMs = 500;

/**
 * Keeps the list of open executions as the log tells it. Of several processes one does; when it has gone, is frozen or is cut off
 * from the log, another goes on where it was. An error of either store is told, and tried again. Two who follow for a moment do
 * no harm: what is older than the list changes nothing.
 */
export class OpenExecutionsFollower {
  private readonly ended = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly parts: FollowerParts) {}

  start(): void {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.ended.abort();
    await this.running;
    await this.parts.turn.close();
  }

  private async run(): Promise<void> {
    const { turn, log } = this.parts;
    const { signal } = this.ended;
    while (!signal.aborted) {
      try {
        if (await turn.isMine()) await this.follow();
      } catch (error) {
        if (!signal.aborted) log.error({ err: error }, 'The list of open executions is behind, and tries again');
        await turn.close();
      }
      await rest(lookMs, undefined, { signal }).catch(() => undefined);
    }
  }

  private async follow(): Promise<void> {
    const { changes, openExecutions, turn } = this.parts;
    const stopped = new AbortController();
    const signal = AbortSignal.any([this.ended.signal, stopped.signal]);
    const from = await openExecutions.position();
    const taken: RecordedOpenChange[] = [];
    const cutOff = this.cutOff(signal).finally(() => stopped.abort());
    const options = { signal, ...(from !== '' && { from }) };
    try {
      for await (const change of changes.openChanges(options)) {
        if (change.type === 'open_change') taken.push(change);
        if (taken.length === 0 || (change.type === 'open_change' && taken.length < batch)) continue;
        await openExecutions.take(taken.splice(0), change.position);
        if (!(await turn.isMine())) return;
      }
    } finally {
      stopped.abort();
    }
    if (await cutOff) throw new Error('The log does not answer here: another process may see it.');
  }

  /** Resolves when the log has been away for too long: true; or with the signal: false. */
  private async cutOff(signal: AbortSignal): Promise<boolean> {
    let since = performance.now();
    while (!signal.aborted) {
      if (this.parts.changes.health().reachable) since = performance.now();
      else if (performance.now() - since > awayMs) return true;
      await rest(checkMs, undefined, { signal }).catch(() => undefined);
    }
    return false;
  }
}
