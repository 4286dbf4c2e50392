import { cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { STORES, type Stores } from '../../src/database/stores.js';
import { Chatter } from '../support/chatter.js';
import { custom, node } from '../support/graphs.js';

const samples = fileURLToPath(new URL('../support/plugins', import.meta.url));

let chatter: Chatter;
let folder: string;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'chatter-plugins-')));
  await cp(samples, folder, { recursive: true });
  chatter = await Chatter.boot({ variables: { PLUGINS_DIR: folder } });
});
afterAll(async () => {
  await chatter.close();
  await rm(folder, { recursive: true, force: true });
});

interface Plugin {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
  readonly source: string;
  readonly loaded: boolean;
}

const plugins = async (query = '') => (await chatter.call('GET', `/api/v1/plugins?limit=200${query}`)).body;
const shouts = async (query = ''): Promise<Plugin[]> => (await plugins(`&name=@sample/shout${query}`)).plugins;
const shouting = () => custom(node('say', 'shout', { text: 'hello', marks: 1 }));

async function facts(): Promise<string[]> {
  const told: string[] = [];
  for await (const { stream, type } of chatter.nest.get<Stores>(STORES).store.readAll({ categories: ['plugin'] }))
    told.push(`${type} ${stream}`);
  return told;
}

/** Another version of the sample: the same node, other bytes. */
async function changeVersion(version: string): Promise<void> {
  const file = join(folder, 'shout/package.json');
  const manifest = JSON.parse(await readFile(file, 'utf8')) as object;
  await writeFile(file, JSON.stringify({ ...manifest, version }));
}

describe('The plugins of the server', () => {
  let first: Plugin;

  it('are listed with what they bring and may do', async () => {
    [first] = (await shouts()) as [Plugin];
    expect(first).toEqual({
      name: '@sample/shout',
      version: '1.2.0',
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      source: 'outside',
      node_types: ['shout@1', 'shout_echo@1'],
      tools: [],
      permissions: { http: ['echo.example.com'], models: [], tools: [] },
      status: 'installed',
      loaded: true,
      first_installed_at: expect.any(String),
      installed_at: expect.any(String),
      removed_at: null,
    });
    const { plugins: tools } = await plugins('&text=calculator');
    expect(tools).toEqual([
      expect.objectContaining({
        name: '@chatter/tools-built-in',
        source: 'built-in',
        permissions: null,
        tools: expect.arrayContaining(['calculator']),
      }),
    ]);
  });

  it('are those that executions pin', async () => {
    const { body } = await chatter.execute(shouting());
    const { body: history } = await chatter.call('GET', `/api/v1/workflows/executions/${body.execution_id}/events`);
    expect(history.events[0].data.node_types.shout).toMatchObject({ digest: first.digest });
  });

  it('are no news at another start', async () => {
    const before = await facts();
    expect(before.filter((fact) => fact.startsWith('PluginInstalled '))).toEqual(before);
    await chatter.restart();
    expect(await facts()).toEqual(before);
  });

  it('are known in every version that there ever was, whatever replaced it', async () => {
    await changeVersion('1.3.0');
    await chatter.restart();
    expect(await shouts('&status=installed')).toMatchObject([{ version: '1.3.0', loaded: true, removed_at: null }]);
    expect(await shouts('&status=removed')).toMatchObject([{ version: '1.2.0', digest: first.digest, loaded: false }]);
    await rm(join(folder, 'shout'), { recursive: true });
    await chatter.restart();
    expect(await shouts('&status=installed')).toEqual([]);
    expect((await shouts()).map(({ loaded }) => loaded)).toEqual([false, false]);
    expect((await facts()).filter((fact) => fact.endsWith('shout'))).toEqual([
      'PluginInstalled plugin-@sample/shout',
      'PluginRemoved plugin-@sample/shout',
      'PluginInstalled plugin-@sample/shout',
      'PluginRemoved plugin-@sample/shout',
    ]);
    const { body } = await chatter.call('GET', `/api/v1/plugins?text=${first.digest}`);
    expect(body).toMatchObject({ total_count: 1, plugins: [{ version: '1.2.0', status: 'removed' }] });
  });

  it('that are refused are told, with what mends it', async () => {
    expect((await plugins()).refused).toEqual([]);
    await mkdir(join(folder, 'broken'));
    await chatter.restart();
    expect((await plugins()).refused).toEqual([
      { folder: join(folder, 'broken'), reason: expect.any(String), remedy: expect.stringContaining('chatter plugin') },
    ]);
  });

  it('are shown to those who manage them', async () => {
    expect((await chatter.call('GET', '/api/v1/plugins', undefined, { authorization: '' })).status).toBe(401);
    expect((await chatter.call('GET', '/api/v1/plugins?status=lost')).status).toBe(400);
    const key = { name: 'of a reader', scopes: ['definitions:read'] };
    const { body } = await chatter.call('POST', '/api/v1/auth/api-keys', key);
    const reader = { authorization: `Bearer ${body.key}` };
    expect((await chatter.call('GET', '/api/v1/plugins', undefined, reader)).status).toBe(403);
  });
});
