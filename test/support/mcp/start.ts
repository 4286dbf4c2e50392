import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The sample server, to be started over stdio by who is tested. */
export const mcpServerFile = fileURLToPath(new URL('./server.mjs', import.meta.url));

export interface McpOverHttp {
  readonly url: string;
  readonly port: number;
  /** Ends the process at once, as a crash does. */
  kill(): Promise<void>;
}

/** The sample server over HTTP on loopback, in a process of its own. */
export async function startMcpServer(env: Readonly<Record<string, string>> = {}, form = 'sse'): Promise<McpOverHttp> {
  const child = spawn(process.execPath, [mcpServerFile, 'http', form], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  const port = Number(await firstLine(child));
  return {
    port,
    url: `http://127.0.0.1:${port}/mcp`,
    kill: () =>
      new Promise((done) => {
        if (child.exitCode !== null || child.signalCode !== null) return done();
        child.once('exit', () => done());
        child.kill('SIGKILL');
      }),
  };
}

const firstLine = (child: ChildProcess): Promise<string> =>
  new Promise((done, failed) => {
    child.stdout!.once('data', (chunk: Buffer) => done(chunk.toString('utf8')));
    child.once('exit', () => failed(new Error('The server ended before it listened.')));
  });

/** The calls that came to a server which was given this file as `HEARD`. */
export const callsHeard = (file: string): readonly string[] =>
  existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];

/** Once this is so. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((done) => setTimeout(done, 10));
}
