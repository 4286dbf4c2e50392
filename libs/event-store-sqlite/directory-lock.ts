import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DirectoryLocked } from '#event-store';

const busy = 5;

/** Held until `release`, or until the process is gone, however it went: the operating system frees it. */
export function lockDirectory(dir: string): { release(): void } {
  const database = new DatabaseSync(join(dir, 'lock.db'));
  try {
    database.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (((error as { errcode?: number }).errcode ?? 0) % 256 !== busy) throw error;
    throw new DirectoryLocked(
      `Another process is working in ${dir}. The embedded store has one process: stop the other one, or give this one a DATA_DIR of its own.`,
    );
  }
  return {
    release: () => {
      if (database.isOpen) database.close();
    },
  };
}
