import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of its own for one test. */
export const newFolder = () => {
  const dir = mkdtempSync(join(tmpdir(), 'read-model-'));
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
};
