import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { type Faults } from './faults.js';

export interface ProcessOptions {
  readonly port?: number;
  readonly file?: string;
  readonly followers?: number;
}

type Fault = 'dropConnections' | 'delay' | 'refuse' | 'loseNextAnswer' | 'goAway';

/** The server in a process of its own, which can be stopped and killed as any other. */
export class EventStoreDbProcess {
  readonly url: string;
  readonly port: number;
  private readonly child: ChildProcessWithoutNullStreams;

  private constructor(child: ChildProcessWithoutNullStreams, { url, port }: { url: string; port: number }) {
    this.child = child;
    this.url = url;
    this.port = port;
  }

  /** Resolves when it listens; rejects with what it said when it ends before. */
  static async start(options: ProcessOptions = {}): Promise<EventStoreDbProcess> {
    const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    words.push('--attached');
    const child = spawn(process.execPath, [join(import.meta.dirname, 'main.mjs'), ...words], { stdio: 'pipe' });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.stdin.on('error', () => undefined); // it has ended
    const line = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).once('line', resolve);
      child.once('exit', () => reject(new Error(`The server has ended before it listened. ${said}`)));
    });
    return new EventStoreDbProcess(child, JSON.parse(line) as { url: string; port: number });
  }

  fault<Name extends Fault>(name: Name, ...args: Parameters<Faults[Name]>): void {
    this.child.stdin.write(`${JSON.stringify({ fault: name, with: args })}\n`);
  }

  /** SIGSTOP and SIGCONT return at once; after any other signal it waits for the end. Default SIGTERM. */
  async signal(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill(signal);
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await ended;
  }
}
