import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

/**
 * The loader as it is built: in Node itself, where module hooks are at work. A plugin from outside lies where nothing of
 * ours can be resolved from.
 */
const root = fileURLToPath(new URL('../../../', import.meta.url));
const built = realpathSync(mkdtempSync(join(tmpdir(), 'built-')));
const outside = realpathSync(mkdtempSync(join(tmpdir(), 'outside-')));
afterAll(() => [built, outside].forEach((folder) => rmSync(folder, { recursive: true, force: true })));

function node(...args: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', env: {} });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

const script = (tampering: string): string => `
  import fs from 'node:fs';
  import { loadPlugins } from './dist/libs/plugin-host/index.js';
  import { toDefinition } from './dist/libs/plugin-sdk/index.js';
  ${tampering}
  const { catalogue, refused } = await loadPlugins({ builtIn: new URL('./dist/plugins/', import.meta.url), outside: ${JSON.stringify(outside)}, mode: 'development' });
  console.log(JSON.stringify({ types: catalogue.types().all().map(({ descriptor }) => descriptor.type), refused }));
`;

function load(tampering = ''): { types: string[]; refused: { reason: string }[] } {
  writeFileSync(join(built, 'run.mjs'), script(tampering));
  return JSON.parse(node(join(built, 'run.mjs'))) as ReturnType<typeof load>;
}

beforeAll(() => {
  node(
    'node_modules/@swc/cli/bin/swc.js',
    'libs/plugin-sdk',
    'libs/plugin-host',
    'plugins/switch',
    '-d',
    join(built, 'dist'),
    '--quiet',
  );
  cpSync(join(root, 'plugins/switch/package.json'), join(built, 'dist/plugins/switch/package.json'));
  cpSync(join(root, 'package.json'), join(built, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(built, 'node_modules'));
  cpSync(join(root, 'test/support/plugins/shout'), join(outside, 'shout'), { recursive: true });
}, 60_000);

describe('the built loader', () => {
  it("gives every plugin the host's own SDK", () => {
    expect(load()).toEqual({ types: ['switch', 'shout', 'shout_echo'], refused: [] });
  });

  it('loads the bytes that it looked at, or nothing', () => {
    // The last moment there is: the entry has been read and checked, and is about to import its neighbour.
    const neighbour = JSON.stringify(join(outside, 'shout/louder.js'));
    const { types, refused } = load(`
      const { registerHooks } = await import('node:module');
      registerHooks({ resolve(specifier, context, next) {
        if (specifier === './louder.js') fs.appendFileSync(${neighbour}, '// changed');
        return next(specifier, context);
      } });`);
    expect(types).toEqual(['switch']);
    expect(refused).toMatchObject([{ reason: expect.stringContaining('changed after it was looked at') }]);
  });
});
