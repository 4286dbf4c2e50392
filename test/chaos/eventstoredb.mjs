import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('../support/eventstoredb/main.mjs', import.meta.url));

/** The server of the tests that speaks EventStoreDB's protocol, in a process of its own. Resolves when it listens. */
export async function startEventStoreDb({ file, port }) {
  const args = ['--attached', ...(file ? ['--file', file] : []), ...(port ? ['--port', String(port)] : [])];
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', entry, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const url = await new Promise((resolve, reject) => {
    child.stdout.once('data', (text) => resolve(JSON.parse(String(text).split('\n')[0]).url));
    child.once('exit', (code) => reject(new Error(`The EventStoreDB of the tests ended with ${code}.`)));
  });
  return {
    url,
    pid: child.pid,
    stop: (signal = 'SIGTERM') => new Promise((resolve) => child.once('exit', resolve) && child.kill(signal)),
  };
}
