/** Watches the sources: compiles what changed, restarts the server. */
import { spawn } from 'node:child_process';
import './build-if-changed.mjs';

const compiler = spawn(
  process.execPath,
  ['node_modules/@swc/cli/bin/swc.js', 'libs', 'src', 'plugins', '-d', 'dist', '--watch', '--quiet'],
  { stdio: 'inherit' },
);
const server = spawn(process.execPath, ['--watch-path=dist', '--watch-preserve-output', 'dist/src/main.js'], {
  stdio: 'inherit',
});
for (const child of [compiler, server]) child.on('exit', (code) => process.exit(code ?? 0));
