import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PluginPermissions } from '../installed-node.js';
import { hashOf, type PluginFiles } from './plugin-files.js';
import { PluginProblem, verifyCommand } from './plugin-problem.js';
import { isInRange } from './version-range.js';

/** What plugins are written against, and what runs them. */
export const SDK_VERSION = '1.0.0';
export const ENGINE_VERSION = '1.0.0';

/** What a plugin says of itself: the part of its `package.json` that the host reads. */
export interface PluginManifest {
  readonly name: string;
  readonly version: string;
  /** Entry files of node types and of tools, relative to the folder. */
  readonly nodes: readonly string[];
  readonly tools: readonly string[];
  readonly permissions: PluginPermissions;
}

const NAME = /^(@[a-z0-9][a-z0-9._-]{0,63}\/)?[a-z0-9][a-z0-9._-]{0,63}$/;
const VERSION = /^\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?$/;
const ENTRY = /^(?!.*(^|\/)\.\.?(\/|$))[A-Za-z0-9_@.-]+(\/[A-Za-z0-9_@.-]+)*\.(js|mjs|ts|mts)$/;

/**
 * Reads the manifest of a folder. Throws a `PluginProblem` that names the first thing that is wrong:
 *
 * 1. It is there, is JSON, and has not changed since it was hashed.
 * 2. Name and version have their form.
 * 3. It is written for this SDK and this engine.
 * 4. It has entry files of node types, of tools, or of both; they are inside the folder, and there. Beside a source tree
 *    an entry may still be TypeScript.
 * 5. Its permissions are lists of texts.
 */
export async function readManifest(files: PluginFiles): Promise<PluginManifest> {
  const manifest = await parsed(files);
  const chatter = objectAt(manifest, 'chatter');
  const problem = problemOf(manifest, chatter);
  if (problem !== null) throw wrong(files, problem);
  return {
    name: manifest['name'] as string,
    version: manifest['version'] as string,
    nodes: entriesOf(chatter, 'nodes').map((entry) => entryIn(files, entry)),
    tools: entriesOf(chatter, 'tools').map((entry) => entryIn(files, entry)),
    permissions: {
      http: permissionsOf(chatter, 'http'),
      models: permissionsOf(chatter, 'models'),
      tools: permissionsOf(chatter, 'tools'),
    },
  };
}

type Json = Readonly<Record<string, unknown>>;

/** Rule 1. */
async function parsed(files: PluginFiles): Promise<Json> {
  const hash = files.hashes.get('package.json');
  if (hash === undefined) throw wrong(files, 'There is no package.json in its folder.');
  const text = await readFile(join(files.root, 'package.json'), 'utf8');
  if (hashOf(text) !== hash) throw wrong(files, 'Its package.json changed while it was read.');
  try {
    const manifest: unknown = JSON.parse(text);
    if (typeof manifest === 'object' && manifest !== null) return manifest as Json;
  } catch {
    // said below
  }
  throw wrong(files, 'Its package.json is no JSON object.');
}

function problemOf(manifest: Json, chatter: Json): string | null {
  const { name, version } = manifest;
  if (typeof name !== 'string' || !NAME.test(name))
    return `Its name is ${shown(name)}. Use lower-case letters, digits, ".", "_" and "-".`; // rule 2
  if (typeof version !== 'string' || !VERSION.test(version))
    return `Its version is ${shown(version)}. Write one like 1.0.0.`;
  return (
    problemOfRange(chatter['sdk'], 'sdk', SDK_VERSION) ??
    problemOfRange(chatter['engine'], 'engine', ENGINE_VERSION) ??
    problemOfLists(chatter)
  );
}

/** Rule 3. */
function problemOfRange(range: unknown, name: string, version: string): string | null {
  if (typeof range === 'string' && isInRange(version, range)) return null;
  return `Its chatter.${name} is ${shown(range)}, but this is ${name} ${version}.`;
}

/** Rules 4 and 5. */
function problemOfLists(chatter: Json): string | null {
  const { nodes = [], tools = [] } = chatter;
  if (!areTexts(nodes)) return 'Its chatter.nodes has to list its entry files.';
  if (!areTexts(tools)) return 'Its chatter.tools has to list its entry files.';
  if (nodes.length + tools.length === 0)
    return 'Its chatter.nodes has to list its entry files, or its chatter.tools, or both.';
  const odd = [...nodes, ...tools].find((entry) => !ENTRY.test(entry));
  if (odd !== undefined) return `Its entry "${odd}" is no path inside the folder that ends in .js or .ts.`;
  const permissions = objectAt(chatter, 'permissions');
  const misshapen = Object.keys(permissions).find((kind) => !areTexts(permissions[kind]));
  return misshapen === undefined ? null : `Its chatter.permissions.${misshapen} has to be a list of texts.`;
}

/** Rule 4. */
function entryIn(files: PluginFiles, entry: string): string {
  const source = entry.replace(/\.(m?)js$/, '.$1ts');
  const found = [entry, source].find((path) => files.hashes.has(path));
  if (found === undefined) throw wrong(files, `Its entry "${entry}" is not in the folder.`);
  return found;
}

function objectAt(json: Json, key: string): Json {
  const value = json[key];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

const entriesOf = (chatter: Json, kind: 'nodes' | 'tools'): readonly string[] =>
  (chatter[kind] ?? []) as readonly string[];

const permissionsOf = (chatter: Json, kind: string): readonly string[] =>
  (objectAt(chatter, 'permissions')[kind] ?? []) as readonly string[];

const areTexts = (list: unknown): list is readonly string[] =>
  Array.isArray(list) && list.every((one) => typeof one === 'string');

const shown = (value: unknown): string => (value === undefined ? 'missing' : JSON.stringify(value));
const wrong = ({ root }: PluginFiles, reason: string): PluginProblem => new PluginProblem(reason, verifyCommand(root));
