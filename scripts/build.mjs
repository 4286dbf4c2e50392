/** Builds everything that runs into `dist/`: compiled TypeScript, and beside it what is read at run time. */
import { spawnSync } from 'node:child_process';
import { cpSync, globSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sourceDigest } from './source-digest.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);

rmSync('dist', { recursive: true, force: true });
const compiled = spawnSync(
  process.execPath,
  ['node_modules/@swc/cli/bin/swc.js', 'libs', 'src', 'plugins', 'bench', '-d', 'dist', '--quiet'],
  { stdio: 'inherit' },
);
if (compiled.status !== 0) process.exit(compiled.status ?? 1);

const readAtRunTime = [
  'plugins/*/package.json',
  'plugins/*/README.md',
  'plugins/*/icon.svg',
  'src/**/*.json',
  'libs/**/*.json',
];
for (const file of globSync(readAtRunTime)) cpSync(file, `dist/${file}`);
writeFileSync('dist/source-digest', sourceDigest());
