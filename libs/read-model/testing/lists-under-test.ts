import { afterEach, beforeEach, expect } from '@jest/globals';
import { ReadModel } from '../read-model.js';
import { onEveryDatabase } from './databases.js';
import { MemoryLog } from './memory-log.js';

/** Anew for each test of `describeLists`. */
export let log: MemoryLog;
export let readModel: ReadModel;

/** RFC 3339: a minute of one afternoon. */
export const at = (minute: number): string => new Date(Date.UTC(2026, 0, 31, 12, minute)).toISOString();

/** Once everything that is recorded is listed. */
export async function seen(): Promise<void> {
  expect(await readModel.waitFor((await log.head())!, 5_000)).toBe(true);
}

/** What is true of lists on every database. */
export function describeLists(suite: () => void): void {
  onEveryDatabase((fresh) => {
    beforeEach(async () => {
      log = new MemoryLog();
      readModel = await ReadModel.open({ database: await fresh(), reader: log, projector: 'inline', lingerMs: 0 });
    });
    afterEach(() => readModel.close());
    suite();
  });
}
