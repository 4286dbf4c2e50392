import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';

const run = promisify(execFile);

/** A real PostgreSQL on loopback, in a folder of its own. */
export class PostgresServer {
  readonly port: number;
  private readonly folder: string;
  private databases = 0;

  // No parameter properties: the test command runs this file as it stands, with its types taken off.
  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.port = port;
  }

  /** Where its programs are; null: it is not installed. */
  static programs(): string | null {
    const onPath = (process.env['PATH'] ?? '').split(delimiter);
    const debian = '/usr/lib/postgresql';
    const installed = existsSync(debian) ? readdirSync(debian).map((version) => join(debian, version, 'bin')) : [];
    const isThere = (folder: string) =>
      ['initdb', 'pg_ctl', 'postgres'].every((name) => existsSync(join(folder, name)));
    return [...installed, ...onPath].find(isThere) ?? null;
  }

  static async start(): Promise<PostgresServer> {
    const folder = await mkdtemp(join(tmpdir(), 'chatter-postgres-'));
    const server = new PostgresServer(folder, await freePort());
    try {
      const { uid, gid } = whoever();
      await chown(folder, uid, gid);
      await chmod(folder, 0o700);
      const initdb = ['-D', server.data, '-A', 'trust', '-U', 'chatter', '-E', 'UTF8', '--no-locale', '--no-sync'];
      await server.program('initdb', initdb);
      process.once('exit', server.stopNow);
      await server.begin();
      return server;
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** A new database, with nothing in it. */
  async database(): Promise<string> {
    const name = `t${process.pid}_${(this.databases += 1)}`;
    const client = new pg.Client({ connectionString: this.url('postgres') });
    await client.connect();
    await client.query(`create database ${name}`);
    await client.end();
    return this.url(name);
  }

  /** After `halt`: with the same data, on the same port. */
  async begin(): Promise<void> {
    // No test waits for a disk, and none says anything of a power cut.
    const settings = `-p ${this.port} -k ${this.folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200`;
    await this.program('pg_ctl', ['-D', this.data, '-w', '-l', join(this.folder, 'log'), '-o', settings, 'start']);
  }

  /** As a crash would: connections are cut, nothing is put in order. */
  async halt(): Promise<void> {
    await this.program('pg_ctl', ['-D', this.data, '-w', '-m', 'immediate', 'stop']);
  }

  async stop(): Promise<void> {
    process.off('exit', this.stopNow);
    await this.halt().catch(() => undefined);
    await rm(this.folder, { recursive: true, force: true });
  }

  /** It would outlive a process that ends in the middle of something. */
  private readonly stopNow = (): void => {
    const [command, ...args] = this.command('pg_ctl', ['-D', this.data, '-m', 'immediate', 'stop']);
    spawnSync(command!, args, { stdio: 'ignore' });
    rmSync(this.folder, { recursive: true, force: true });
  };

  private get data(): string {
    return join(this.folder, 'data');
  }

  url(database: string): string {
    return `postgresql://chatter@127.0.0.1:${this.port}/${database}`;
  }

  private async program(name: string, args: readonly string[]): Promise<void> {
    const [command, ...all] = this.command(name, args);
    await run(command!, all, { env: { ...process.env, HOME: this.folder, LC_ALL: 'C' } });
  }

  /** It refuses to run as root: then it runs as the user that was made for it. */
  private command(name: string, args: readonly string[]): string[] {
    const program = join(PostgresServer.programs()!, name);
    if (process.getuid?.() !== 0) return [program, ...args];
    const { uid, gid } = whoever();
    return ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', program, ...args];
  }
}

function whoever(): { readonly uid: number; readonly gid: number } {
  const uid = process.getuid?.() ?? 0;
  if (uid !== 0) return { uid, gid: process.getgid?.() ?? 0 };
  const idOf = (flag: string) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
  return { uid: idOf('-u'), gid: idOf('-g') };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
