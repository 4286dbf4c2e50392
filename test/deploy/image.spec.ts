import { spawn, spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { letThrough } from './docker-ignore.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const dockerfile = readFileSync(join(root, 'deploy/Dockerfile'), 'utf8');
const isLetThrough = letThrough(readFileSync(join(root, '.dockerignore'), 'utf8'));

/** What a build can read: neither what is installed, nor what was built before. */
const files = globSync('{*,.*,{deploy,docs,libs,src,plugins,bench,scripts,test}/**/*}', {
  cwd: root,
  withFileTypes: true,
})
  .filter((entry) => entry.isFile())
  .map(({ parentPath, name }) => join(parentPath, name).slice(root.length))
  .toSorted();

describe('.dockerignore', () => {
  it.each([
    ['a', 'a', true],
    ['a', 'ab', false],
    ['a', 'a/b/c', true],
    ['a/*', 'a/b/c', true],
    ['*.ts', 'a/b.ts', false],
    ['**/*.ts', 'b.ts', true],
    ['**/*.ts', 'a/b.ts', true],
    ['**/t', 'a/t/b', true],
    ['**', '.a', true],
    ['**\n!a', 'a/b', false],
    ['**\n!a\na/b', 'a/b', true],
  ])('is read as Docker reads it: %j on %s', (patterns, path, isIgnored) => {
    expect(letThrough(patterns)(path)).toBe(!isIgnored);
  });

  it('lets through what the Dockerfile copies by its name', () => {
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, names]) => names!.split(' '));
    expect(copied.filter((name) => name !== '.')).toEqual(['package.json', 'package-lock.json']);
    expect(copied.filter((name) => name !== '.' && !isLetThrough(name))).toEqual([]);
  });

  it('lets through what the build reads, except what only tests use', () => {
    const read = files.filter((file) => /^(?:libs|src|plugins|bench)\/.*\.(?:ts|json|md|svg|mjs)$/.test(file));
    expect(read.length).toBeGreaterThan(500);
    const held = read.filter((file) => !isLetThrough(file));
    expect(held.filter((file) => !/\.spec\.ts$|\/testing\//.test(file))).toEqual([]);
  });

  it.each([
    'node_modules/a.js',
    'dist/src/main.js',
    'data/events.db',
    '.git/config',
    '.env',
    'deploy/.env',
    'test/a.ts',
  ])('keeps %s out of the image', (path) => {
    expect(isLetThrough(path)).toBe(false);
  });
});

describe('What the image holds', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'image-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('builds from what is let through, and gets ready as it is started there', async () => {
    const [build, app] = [join(folder, 'build'), join(folder, 'app')];
    for (const file of files.filter(isLetThrough)) cpSync(join(root, file), join(build, file));
    link(build);
    expect(dockerfile).toContain('RUN npm run build && ');
    const built = spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: build, encoding: 'utf8' });
    expect([built.status, built.stderr]).toEqual([0, '']);

    mkdirSync(app);
    for (const each of ['package.json', 'dist']) cpSync(join(build, each), join(app, each), { recursive: true });
    link(app);
    const [, ...args] = JSON.parse(/^CMD (\[.*\])$/m.exec(dockerfile)![1]!) as string[];
    expect(await readyOf(args, app)).toBe(200);
  });

  const link = (to: string): void => symlinkSync(realpathSync(join(root, 'node_modules')), join(to, 'node_modules'));

  /** The status of /health/ready, once it listens. */
  async function readyOf(args: readonly string[], cwd: string): Promise<number> {
    const environment = { PATH: process.env['PATH'], NODE_ENV: 'production', PLUGIN_MODE: 'production' };
    const own = { HOST: '127.0.0.1', PORT: '0', DATA_DIR: join(folder, 'data') };
    const child = spawn(process.execPath, args, { cwd, env: { ...environment, ...own } });
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    try {
      const url = await new Promise<string>((resolve, reject) => {
        let said = '';
        const hear = (text: unknown): void => {
          said += String(text);
          const listens = /running at (http:\/\/[\d.]+:\d+)/.exec(said);
          if (listens) resolve(listens[1]!);
        };
        child.stdout.on('data', hear);
        child.stderr.on('data', hear);
        void ended.then(() => reject(new Error(`It has ended: ${said}`)));
      });
      return (await fetch(`${url}/health/ready`)).status;
    } finally {
      child.kill('SIGTERM');
      await ended;
    }
  }
});
