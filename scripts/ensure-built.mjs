/** Before `npm start` and `npm test`: installs when nothing is installed, builds when the sources are newer. Runs on any Node ≥ 20. */
import { execSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

if (!existsSync('node_modules/node/bin/node')) {
  console.log('Installing dependencies (once) …');
  execSync('npm ci --no-audit --no-fund --loglevel=error', { stdio: 'inherit' });
}
execSync('node_modules/.bin/node scripts/build-if-changed.mjs', { stdio: 'inherit' });
