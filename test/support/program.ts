import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { adminPassword } from './chatter.js';

const main = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));

export interface Ran {
  readonly code: number | null;
  /** All that it has said. */
  readonly said: string;
}

const environment = (dataDir: string) => ({
  PATH: process.env['PATH'],
  DATA_DIR: dataDir,
  LOG_LEVEL: 'error',
  PORT: '0',
  ADMIN_PASSWORD: adminPassword,
});

/** One command of the program as it is built, in a process of its own. */
export function runProgram(
  args: readonly string[],
  dataDir: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], { env: { ...environment(dataDir), ...variables } });
    let said = '';
    child.stdout.on('data', (text) => (said += String(text)));
    child.stderr.on('data', (text) => (said += String(text)));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, said }));
  });
}

/** The server as it is built, in a process of its own. */
export class ServerProcess {
  private constructor(
    readonly url: string,
    /** Null: it was shown at an earlier start. */
    readonly apiKey: string | null,
    /** Resolves when it is gone. */
    readonly end: (signal: NodeJS.Signals) => Promise<void>,
  ) {}

  /** Resolves when it listens. */
  static start(dataDir: string, args: readonly string[] = ['serve']): Promise<ServerProcess> {
    const child = spawn(process.execPath, [main, ...args], { env: environment(dataDir) });
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    return new Promise((resolve, reject) => {
      let said = '';
      const hear = (text: unknown): void => {
        said += String(text);
        const url = /running at (http:\/\/[\d.]+:\d+)/.exec(said)?.[1];
        if (!url || !said.includes('Sign in as')) return;
        const end = async (signal: NodeJS.Signals): Promise<void> => {
          child.kill(signal);
          await exited;
        };
        resolve(new ServerProcess(url, /chk_[A-Za-z0-9_-]{49}/.exec(said)?.[0] ?? null, end));
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      void exited.then(() => reject(new Error(`The server has ended: ${said}`)));
    });
  }
}
