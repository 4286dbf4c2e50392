import { createHash } from 'node:crypto';
import { globSync, readFileSync, statSync } from 'node:fs';

/** Changes whenever something that `dist/` is built from does. */
export function sourceDigest() {
  const digest = createHash('sha256');
  const files = globSync('{libs,src,plugins,bench}/**/*.{ts,json,md,svg}').sort();
  for (const file of [...files, 'package-lock.json', '.swcrc', 'scripts/build.mjs']) {
    if (statSync(file).isFile()) digest.update(file).update('\0').update(readFileSync(file)).update('\0');
  }
  return digest.digest('hex');
}
