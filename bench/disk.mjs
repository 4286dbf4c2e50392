import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How often a second this disk writes 4 KiB and says that it is durable. */
export function fdatasyncsPerSecond(seconds = 1) {
  const folder = mkdtempSync(join(tmpdir(), 'chatter-disk-'));
  const file = openSync(join(folder, 'file'), 'w');
  const page = Buffer.alloc(4_096, 1);
  const before = performance.now();
  let count = 0;
  while (performance.now() - before < seconds * 1_000) {
    writeSync(file, page);
    fdatasyncSync(file);
    count += 1;
  }
  const took = performance.now() - before;
  closeSync(file);
  rmSync(folder, { recursive: true });
  return (count * 1_000) / took;
}
