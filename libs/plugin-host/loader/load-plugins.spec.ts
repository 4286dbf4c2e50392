import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { NodeResult } from '#plugin-sdk';
import { NodeRunner } from '../runner/node-runner.js';
import { ToolRegistry } from '../tools/tool-registry.js';
import { importNodes } from './import-entries.js';
import { type LoadedPlugins, loadPlugins, type LoadOptions } from './load-plugins.js';
import { readPluginFiles } from './plugin-files.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const builtIn = join(root, 'plugins');
const samples = join(root, 'test/support/plugins');
const made: string[] = [];
afterAll(() => Promise.all(made.map((folder) => rm(folder, { recursive: true, force: true }))));

let outside = '';
beforeEach(async () => {
  outside = await realpath(await mkdtemp(join(tmpdir(), 'plugins-')));
  made.push(outside);
});

const empty = async (): Promise<string> => {
  const folder = join(outside, '.none');
  await mkdir(folder, { recursive: true });
  return folder;
};
const load = async (options: Partial<LoadOptions> = {}): Promise<LoadedPlugins> =>
  loadPlugins({ builtIn: await empty(), outside, mode: 'development', ...options });

const chatter = { sdk: '^1', engine: '>=1 <2', nodes: ['a.node.js'], permissions: {} };
const manifest = { name: 'a', version: '1.0.0', type: 'module', chatter };
const nodeCode = (type: string): string => `import { defineNode } from '@chatter/plugin-sdk';
export default defineNode({ type: '${type}', label: 'A', category: 'data', effects: 'none', ports: ['out'], config: {}, execute: ({ to }) => to('out', '${type}') });`;

/** Writes a plugin, and gives its folder. */
async function plugin(name: string, files: Readonly<Record<string, string | object>>): Promise<string> {
  const folder = join(outside, name);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}
const sound = (name: string, type = name): Promise<string> =>
  plugin(name, { 'package.json': manifest, 'a.node.js': nodeCode(type) });
const typesOf = ({ catalogue }: LoadedPlugins): string[] =>
  catalogue
    .types()
    .all()
    .map(({ descriptor }) => descriptor.type);

describe('the built-in plugins', () => {
  it('all load, from their sources too', async () => {
    const { catalogue, refused } = await loadPlugins({ builtIn: pathToFileURL(`${builtIn}/`), mode: 'production' });
    expect(refused).toEqual([]);
    for (const type of ['start', 'end', 'conditional', 'loop', 'http_request']) {
      expect(catalogue.find(type)).toMatchObject({
        plugin: { source: 'built-in', digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
      });
    }
    expect(catalogue.find('start')?.help).toContain('#');
    expect(catalogue.find('start')?.permissions).toBeUndefined();
  });
});

describe('a plugin from outside', () => {
  it('loads as plain JavaScript, and runs', async () => {
    const { catalogue, refused } = await load({ outside: samples });
    expect(refused).toEqual([]);
    const node = catalogue.find('shout')!;
    expect(node.plugin).toMatchObject({ name: '@sample/shout', version: '1.2.0', source: 'outside' });
    expect(node.permissions).toEqual({ http: ['echo.example.com'], models: [], tools: [] });
    const unused = { send: () => Promise.reject(new Error()), generate: () => Promise.reject(new Error()) };
    const result = new NodeRunner({ http: unused, models: unused }).run({
      node,
      effects: 'none',
      config: node.prepare({ text: 'hello', marks: 2 }),
      ...{
        incoming: null,
        input: {},
        variables: {},
        nodes: {},
        error: null,
        tenant: 'default',
        conversationId: null,
        secrets: [],
        budget: { reserve: () => undefined },
        nodeId: 'n',
        path: 'n',
        attempt: 1,
        idempotencyKey: 'k',
        now: 0,
        seed: 's',
      },
      execution: { id: 'e', type: 'custom', user: 'u', started_at: '' },
      signal: new AbortController().signal,
    });
    expect(result as NodeResult).toEqual({ port: 'out', output: 'HELLO!!' });
  });

  it('in production needs its digest allowed, and is told how', async () => {
    await cp(join(samples, 'shout'), join(outside, 'shout'), { recursive: true });
    const { digest } = await readPluginFiles(join(outside, 'shout'));
    const refused = await load({ mode: 'production' });
    expect(typesOf(refused)).toEqual([]);
    expect(refused.refused).toEqual([
      {
        folder: join(outside, 'shout'),
        reason: `Production mode loads allowed digests only, and sha256:${digest} is none.`,
        remedy: `chatter plugin enable ${join(outside, 'shout')} --digest sha256:${digest}`,
      },
    ]);
    expect(typesOf(await load({ mode: 'production', allowedDigests: [`sha256:${digest}`] }))).toContain('shout');
    await writeFile(join(outside, 'shout', 'louder.js'), 'export const louder = () => "other";');
    expect(typesOf(await load({ mode: 'production', allowedDigests: [digest] }))).toEqual([]);
  });

  it('does not take a node type from another', async () => {
    await sound('a');
    const second = await sound('b', 'a');
    const loaded = await load();
    expect(typesOf(loaded)).toEqual(['a']);
    expect(loaded.refused).toEqual([
      { folder: second, reason: 'The node type a@1 is there twice.', remedy: `chatter plugin disable ${second}` },
    ]);
  });

  it('that is broken does not keep the others from loading', async () => {
    await sound('a');
    await plugin('b', { 'package.json': manifest, 'a.node.js': 'this is no JavaScript' });
    await sound('c');
    const loaded = await load();
    expect(typesOf(loaded)).toEqual(['a', 'c']);
    expect(loaded.refused).toMatchObject([
      { folder: join(outside, 'b'), reason: expect.stringContaining('Its entry "a.node.js" cannot be loaded') },
    ]);
  });

  it('may export several node types, each once', async () => {
    const code = `${nodeCode('one')}
import * as sdk from '@chatter/plugin-sdk';
export const two = sdk.defineNode({ type: 'two', version: 3, label: 'B', category: 'data', effects: 'none', ports: [], config: {}, execute: ({ to }) => to('end', 1) });
export const again = two; export const nothing = null; export const helper = () => 1;`;
    await plugin('many', { 'package.json': manifest, 'a.node.js': code });
    expect(typesOf(await load())).toEqual(['two', 'one']);
  });

  it('keeps hidden folders, packages and files beside it out of it', async () => {
    await sound('a');
    await plugin('.hidden', { x: '' });
    await plugin('node_modules', { x: '' });
    await writeFile(join(outside, 'README.md'), 'not a plugin');
    expect(await load()).toMatchObject({ refused: [] });
  });
});

describe('a plugin that is refused', () => {
  const bad: [string, Readonly<Record<string, string | object>>, string][] = [
    ['no manifest', { 'a.node.js': '' }, 'There is no package.json in its folder.'],
    ['no JSON', { 'package.json': '{' }, 'Its package.json is no JSON object.'],
    ['no object', { 'package.json': 'null' }, 'Its package.json is no JSON object.'],
    ['no name', { 'package.json': { ...manifest, name: undefined } }, 'Its name is missing.'],
    ['a bad name', { 'package.json': { ...manifest, name: '../x' } }, 'Its name is "../x".'],
    ['no version', { 'package.json': { ...manifest, version: '1' } }, 'Its version is "1". Write one like 1.0.0.'],
    [
      'no chatter',
      { 'package.json': { ...manifest, chatter: [] } },
      'Its chatter.sdk is missing, but this is sdk 1.0.0.',
    ],
    ['another SDK', { 'package.json': { ...manifest, chatter: { ...chatter, sdk: '^2' } } }, 'Its chatter.sdk is "^2"'],
    [
      'another engine',
      { 'package.json': { ...manifest, chatter: { ...chatter, engine: '>=2' } } },
      'Its chatter.engine is ">=2"',
    ],
    [
      'no entries',
      { 'package.json': { ...manifest, chatter: { ...chatter, nodes: [] } } },
      'Its chatter.nodes has to list its entry files, or its chatter.tools, or both.',
    ],
    [
      'an entry outside',
      { 'package.json': { ...manifest, chatter: { ...chatter, nodes: ['../a.js'] } } },
      'Its entry "../a.js" is no path inside',
    ],
    [
      'an absolute entry',
      { 'package.json': { ...manifest, chatter: { ...chatter, nodes: ['/etc/a.js'] } } },
      'Its entry "/etc/a.js" is no path inside',
    ],
    ['a missing entry', { 'package.json': manifest }, 'Its entry "a.node.js" is not in the folder.'],
    [
      'odd permissions',
      { 'package.json': { ...manifest, chatter: { ...chatter, permissions: { http: 'x' } } } },
      'Its chatter.permissions.http has to be a list of texts.',
    ],
    [
      'no node type',
      { 'package.json': manifest, 'a.node.js': 'export const a = 1;' },
      'Its entry "a.node.js" exports no node type',
    ],
    ['a bad node type', { 'package.json': manifest, 'a.node.js': nodeCode('Not Snake') }, 'its type is "Not Snake"'],
    [
      'a description that is no JSON',
      { 'package.json': manifest, 'a.node.js': nodeCode('a').replace('config: {}', 'icon: () => 1, config: {}') },
      'the description of "a".icon is a function',
    ],
    ['a throw of no error', { 'package.json': manifest, 'a.node.js': "throw 'odd';" }, 'cannot be loaded: odd'],
  ];
  it.each(bad)('for %s says so, and what to run', async (_what, files, reason) => {
    const folder = await plugin('p', files);
    const { refused } = await load();
    expect(refused).toMatchObject([
      { folder, reason: expect.stringContaining(reason), remedy: `chatter plugin verify ${folder}` },
    ]);
  });

  it('for the name of its folder gets another', async () => {
    const folder = await sound('My Plugin', 'mine');
    const { refused } = await load();
    expect(refused).toMatchObject([{ folder, remedy: `mv '${folder}' ${join(outside, 'my-plugin')}` }]);
    const nameless = await sound('---', 'mine');
    expect((await load()).refused[0]).toMatchObject({ remedy: `mv ${nameless} ${join(outside, 'plugin')}` });
  });

  it('for a link out of its folder', async () => {
    const folder = await sound('p');
    await writeFile(join(outside, 'secret.js'), 'export {}');
    await symlink(join(outside, 'secret.js'), join(folder, 'linked.js'));
    expect((await load()).refused).toMatchObject([
      { reason: 'Its link linked.js does not lead to a file inside the folder.' },
    ]);
    await rm(join(folder, 'linked.js'));
    await symlink(join(outside, 'gone.js'), join(folder, 'dangling.js'));
    expect((await load()).refused).toHaveLength(1);
    await rm(join(folder, 'dangling.js'));
    await symlink(join(folder, 'a.node.js'), join(folder, 'same.js'));
    expect((await load()).refused).toEqual([]);
  });

  it('for being a link itself', async () => {
    const elsewhere = await realpath(await mkdtemp(join(tmpdir(), 'elsewhere-')));
    made.push(elsewhere);
    await symlink(elsewhere, join(outside, 'linked'));
    expect((await load()).refused).toMatchObject([
      { reason: 'Its folder is a link to another place.', remedy: `chatter plugin install ${elsewhere}` },
    ]);
  });

  it('for files that change while they are read', async () => {
    const folder = await sound('p');
    const files = await readPluginFiles(folder);
    await writeFile(join(folder, 'a.node.js'), nodeCode('other'));
    await expect(importNodes(files, ['a.node.js'])).rejects.toThrow('Its files changed while they were read.');
  });
});

it('says when there is no such folder, and goes on', async () => {
  const { refused } = await load({ outside: join(outside, 'not there') });
  expect(refused).toEqual([
    {
      folder: join(outside, 'not there'),
      reason: 'There is no such folder.',
      remedy: `mkdir -p '${join(outside, 'not there')}'`,
    },
  ]);
  expect(await loadPlugins({ builtIn: await empty(), mode: 'development' })).toMatchObject({ refused: [] });
});

describe('the digest', () => {
  it('is of every file: another byte, name or file is another digest', async () => {
    const folder = await sound('p');
    const digests = [(await readPluginFiles(folder)).digest];
    const again = async (): Promise<void> => void digests.push((await readPluginFiles(folder)).digest);
    await writeFile(join(folder, 'more.txt'), '');
    await again();
    await writeFile(join(folder, 'more.txt'), ' ');
    await again();
    await cp(join(folder, 'more.txt'), join(folder, 'renamed.txt'));
    await rm(join(folder, 'more.txt'));
    await again();
    expect(new Set(digests).size).toBe(4);
  });

  it('does not look into .git, and is the same wherever the folder lies', async () => {
    const one = await readPluginFiles(await sound('p'));
    await cp(join(outside, 'p'), join(outside, 'q'), { recursive: true });
    await plugin('q', { '.git/HEAD': 'ref' });
    expect((await readPluginFiles(join(outside, 'q'))).digest).toBe(one.digest);
  });

  it('is not made of more than a plugin should be', async () => {
    const folder = await sound('p');
    await mkdir(join(folder, 'many'));
    await Promise.all(Array.from({ length: 5_001 }, (_, index) => writeFile(join(folder, 'many', `${index}`), '')));
    await expect(readPluginFiles(folder)).rejects.toThrow('more than 5000 files');
  });
});

describe('a plugin with tools', () => {
  const toolCode = (name: string): string => `import { defineTool } from '@chatter/plugin-sdk';
export const tool = defineTool({ name: '${name}', description: 'T', effects: 'none', arguments: {}, execute: () => '${name}' });`;
  const withTools = (more: object = {}) => ({
    ...manifest,
    chatter: { ...chatter, nodes: undefined, tools: ['a.tool.js'], permissions: { tools: ['b'] }, ...more },
  });

  it('needs no nodes, and may have both', async () => {
    await plugin('a', { 'package.json': withTools(), 'a.tool.js': toolCode('one') });
    await plugin('b', {
      'package.json': withTools({ nodes: ['b.node.js'] }),
      'a.tool.js': toolCode('two'),
      'b.node.js': nodeCode('both'),
    });
    const loaded = await load();
    expect(loaded.refused).toEqual([]);
    expect(loaded.tools.map(({ name, source, available }) => [name, source, available])).toEqual([
      ['one', 'a', true],
      ['two', 'a', true],
    ]);
    expect(typesOf(loaded)).toEqual(['both']);
    expect(loaded.catalogue.find('both')?.permissions?.tools).toEqual(['b']);
    expect(loaded.plugins.map(({ nodeTypes, tools, permissions }) => [nodeTypes, tools, permissions?.tools])).toEqual([
      [[], ['one'], ['b']],
      [['both@1'], ['two'], ['b']],
    ]);
    expect(loaded.plugins[1]).toMatchObject(loaded.catalogue.find('both')!.plugin);
  });

  it('does not take the name of another tool', async () => {
    await plugin('a', { 'package.json': withTools(), 'a.tool.js': toolCode('one') });
    await plugin('b', { 'package.json': withTools(), 'a.tool.js': toolCode('one') });
    await plugin('c', {
      'package.json': withTools({ tools: ['a.tool.js', 'b.tool.js'] }),
      'a.tool.js': toolCode('three'),
      'b.tool.js': toolCode('three').replace('tool =', 'other ='),
    });
    const { tools, refused } = await load();
    expect(tools.map(({ name }) => name)).toEqual(['one']);
    expect(refused.map(({ reason }) => reason)).toEqual([
      'The tool "one" is there twice.',
      'The tool "three" is there twice.',
    ]);
    expect(refused[0]?.remedy).toBe(`chatter plugin disable ${join(outside, 'b')}`);
  });

  it.each([
    [{ tools: 'a.tool.js' }, {}, 'Its chatter.tools has to list its entry files.'],
    [{ tools: [] }, {}, 'Its chatter.nodes has to list its entry files, or its chatter.tools, or both.'],
    [{ tools: ['../a.js'] }, {}, 'Its entry "../a.js" is no path inside the folder'],
    [{ tools: ['none.js'] }, {}, 'Its entry "none.js" is not in the folder.'],
    [{}, { 'a.tool.js': nodeCode('a') }, 'exports no tool'],
    [{}, { 'a.tool.js': toolCode('A') }, 'snake case'],
    [{}, { 'a.tool.js': toolCode('a').replace('arguments: {}', 'arguments: {}, argumentsSchema: {}') }, null],
    [
      {},
      {
        'a.tool.js':
          "export default { name: 'a', description: 'd', effects: 'none', idempotent: false, execute() {}, argumentsSchema: { type: 'object', odd: undefined } };",
      },
      'the description of "a".odd is undefined',
    ],
  ])('with %j is looked over: %#', async (more, files, reason) => {
    await plugin('a', { 'package.json': withTools(more), 'a.tool.js': toolCode('a'), ...files });
    const { refused } = await load();
    expect(refused).toEqual(
      reason === null ? [] : [expect.objectContaining({ reason: expect.stringContaining(reason) })],
    );
  });

  it('fills the names of what only reads into the node that asks for them', async () => {
    const { catalogue, tools, toolNames } = await loadPlugins({ builtIn, mode: 'production' });
    const { descriptor } = catalogue.find('tool')!.definition;
    expect(descriptor).toMatchObject({ effects: { read: [] }, idempotent: { among: [] } });
    void new ToolRegistry({ tools, names: toolNames });
    expect(descriptor).toMatchObject({
      effects: { read: ['calculator', 'current_time', 'http', 'search_documents'] },
      idempotent: { among: expect.arrayContaining(['http_send']) },
    });
  });
});
