#!/usr/bin/env node
import { runCommand } from './cli/run-command.js';

const code = await runCommand(process.argv.slice(2), {
  variables: process.env,
  now: Date.now,
  say: (text) => void process.stdout.write(`${text}\n`),
  complain: (text) => void process.stderr.write(`${text}\n`),
});
if (code !== null) process.exit(code);
