import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const here = fileURLToPath(new URL('.', import.meta.url));
const folders = readdirSync(here, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

/** A folder of tools has no node of its name. */
const ofTools = folders.filter((folder) => folder.startsWith('tools-'));
const ofNodes = folders.filter((folder) => !ofTools.includes(folder));

const text = (path: string): string => readFileSync(`${here}/${path}`, 'utf8');
const imports = (source: string): string[] => [...source.matchAll(/from '([^']+)'/g)].map(([, name]) => name ?? '');

/** Of Node itself: what the work of a plugin needs, named one by one. */
const needs: Readonly<Record<string, readonly string[]>> = { code: ['node:worker_threads'] };

const dependenciesOf = (folder: string): string[] =>
  Object.keys((JSON.parse(text(`${folder}/package.json`)) as { dependencies?: object }).dependencies ?? {});

describe('the built-in node types', () => {
  it('are the ones in the table of the README', () => {
    const listed = [...text('README.md').matchAll(/\[([a-z-]+)\]\(\1\/README\.md\)/g)].map(([, folder]) => folder);
    expect(listed.sort()).toEqual(folders.sort());
  });
});

const sourcesOf = (folder: string): string[] => readdirSync(`${here}/${folder}`).filter((file) => file.endsWith('.ts'));

describe.each(ofNodes)('plugins/%s', (folder) => {
  const sources = sourcesOf(folder);

  it('has a manifest that says what it is and needs', () => {
    expect(JSON.parse(text(`${folder}/package.json`))).toMatchObject({
      name: `@chatter/${folder}`,
      version: '1.0.0',
      type: 'module',
      chatter: { sdk: '^1', engine: '>=1 <2', isolation: 'inproc', nodes: [`${folder}.node.js`], permissions: {} },
    });
  });

  it('has its node, a spec beside it, and a page of help with an example', () => {
    expect(sources).toEqual(expect.arrayContaining([`${folder}.node.ts`, `${folder}.node.spec.ts`]));
    expect(text(`${folder}/README.md`)).toMatch(/^# .+\n\n[^]*\*\*Ports\*\*[^]*\*\*Output\*\*[^]*```json\n[^]*```\n$/);
  });

  it('shows an example that is JSON, of its own type', () => {
    const [, example] = /```json\n([^]*?)```/.exec(text(`${folder}/README.md`)) ?? [];
    expect(JSON.parse(example ?? '')).toMatchObject({ type: folder.replaceAll('-', '_') });
  });
});

describe.each(ofTools)('plugins/%s', (folder) => {
  const tools = sourcesOf(folder).filter((file) => file.endsWith('.tool.ts'));

  it('has a manifest that lists every tool in it', () => {
    const entries = tools.map((file) => file.replace(/\.ts$/, '.js'));
    const { chatter, ...manifest } = JSON.parse(text(`${folder}/package.json`)) as { chatter: { tools: string[] } };
    expect({ ...manifest, chatter: { ...chatter, tools: chatter.tools.toSorted() } }).toMatchObject({
      name: `@chatter/${folder}`,
      version: '1.0.0',
      type: 'module',
      chatter: { sdk: '^1', engine: '>=1 <2', isolation: 'inproc', tools: entries.sort(), permissions: {} },
    });
  });

  it('has a spec beside each tool, and a page of help', () => {
    for (const file of tools) expect(sourcesOf(folder)).toContain(file.replace('.tool.ts', '.tool.spec.ts'));
    expect(text(`${folder}/README.md`)).toMatch(/^# .+\n\n[^]*```json\n[^]*```\n$/);
  });
});

describe.each(folders)('plugins/%s', (folder) => {
  it('imports the SDK and itself, and nothing else', () => {
    for (const file of sourcesOf(folder)) {
      const forTests = file.endsWith('.spec.ts') ? ['@jest/globals', '@chatter/plugin-sdk/testing', 'fast-check'] : [];
      const own = [...forTests, ...dependenciesOf(folder), ...(needs[folder] ?? [])];
      const foreign = imports(text(`${folder}/${file}`)).filter(
        (name) => name !== '@chatter/plugin-sdk' && !own.includes(name) && !isBeside(folder, name),
      );
      expect({ file, foreign }).toEqual({ file, foreign: [] });
    }
  });
});

const isBeside = (folder: string, name: string): boolean =>
  /^\.\/[a-z0-9.-]+\.js$/.test(name) && existsSync(`${here}/${folder}/${name.replace(/\.js$/, '.ts')}`);
