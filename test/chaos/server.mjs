import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** As `npm start` does. */
const [, ...command] = JSON.parse(readFileSync(`${root}package.json`, 'utf8')).scripts.start.split(' ');
const password = 'correct horse battery staple';

/** Whoever is ended in the middle ends what it has started, by its `exit` handlers. */
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

/** The server as shipped, in a process of its own over `dataDir`. Resolves when it listens. */
export async function startServer({ dataDir, port = 0, environment = {} }) {
  const child = spawn(process.execPath, command, {
    cwd: root,
    env: { PATH: process.env.PATH, DATA_DIR: dataDir, PORT: String(port), ADMIN_PASSWORD: password, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const endNow = () => child.kill('SIGKILL');
  process.once('exit', endNow);
  let said = '';
  child.stderr.on('data', (text) => (said += text));
  const url = await new Promise((resolve, reject) => {
    child.stdout.on('data', (text) => {
      said += text;
      const found = /running at (http:\/\/[\d.]+:\d+)/.exec(said);
      if (found) resolve(found[1]);
    });
    child.once('exit', (code) => reject(new Error(`The server ended with ${code}: ${said}`)));
  });
  const exited = once(child, 'exit').then(() => process.off('exit', endNow));
  return {
    url,
    pid: child.pid,
    apiKey: /chk_[A-Za-z0-9_-]{49}/.exec(said)?.[0] ?? null,
    kill: async (signal = 'SIGKILL') => {
      child.kill(signal);
      await exited;
    },
  };
}

/** Calls of the API with one key. */
export const client = (apiKey) => ({
  async call(url, method, path, body) {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, retryAfter: response.headers.get('retry-after'), body: await response.json() };
  },
});
