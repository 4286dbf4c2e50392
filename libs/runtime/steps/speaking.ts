import { AsyncLocalStorage } from 'node:async_hooks';
import type { Leases } from '#event-store';
import type { RunningStep } from '../execution-context.js';

const attempts = new AsyncLocalStorage<RunningStep>();

/** What is done within, however often it waits, is done for this attempt. */
export const speakingFor = <T>(attempt: RunningStep, work: () => T): T => attempts.run(attempt, work);

/**
 * For who makes calls: whether whoever asks may still make one. An attempt may while this process has held its lease ever since
 * the attempt began; a process that was frozen does not know what others have done meanwhile, though its lease is back.
 */
export const mayCall = (leases: Pick<Leases, 'isHeld' | 'lapses'>) => (): boolean => {
  const attempt = attempts.getStore();
  return leases.isHeld() && (attempt === undefined || attempt.lapses === leases.lapses);
};
