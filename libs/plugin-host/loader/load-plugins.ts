import { readdir, readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NodeCatalogue } from '../catalogue.js';
import {
  type InstalledFrom,
  type InstalledNode,
  installedNode,
  type InstalledPlugin,
  type LoadedPlugin,
  type ToolNames,
} from '../installed-node.js';
import { type InstalledTool, installedTool } from '../tools/installed-tool.js';
import { importNodes, importTools } from './import-entries.js';
import { readManifest } from './manifest.js';
import { type PluginFiles, readPluginFiles } from './plugin-files.js';
import { PluginProblem, quoted, verifyCommand } from './plugin-problem.js';

export interface LoadOptions {
  /** The folder that holds the built-in plugins, a folder each. */
  readonly builtIn: URL | string;
  /** The folder that holds those from outside. Default: none. */
  readonly outside?: string;
  /** `production` loads from outside only what `allowedDigests` names; `development` loads what is there. */
  readonly mode: 'development' | 'production';
  /** SHA-256 in hex, with or without `sha256:`. Default: none. */
  readonly allowedDigests?: readonly string[];
}

export interface RefusedPlugin {
  readonly folder: string;
  readonly reason: string;
  /** The one command that mends it. */
  readonly remedy: string;
}

export interface LoadedPlugins {
  readonly catalogue: NodeCatalogue;
  readonly tools: readonly InstalledTool[];
  readonly plugins: readonly LoadedPlugin[];
  /** Stand in the descriptors of the catalogue; whoever knows all tools fills them in. */
  readonly toolNames: ToolNames;
  readonly refused: readonly RefusedPlugin[];
}

const FOLDER = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/**
 * Loads every plugin there is: first the built-in ones, then those from outside, each by name. A broken one is refused
 * with its reason, and the others load. Whoever comes first keeps a node type or a tool's name; another plugin that claims
 * it is refused.
 */
export async function loadPlugins({
  builtIn,
  outside,
  mode,
  allowedDigests = [],
}: LoadOptions): Promise<LoadedPlugins> {
  const allowed = new Set(allowedDigests.map((digest) => digest.replace(/^sha256:/, '')));
  const permitted = (digest: string): boolean => mode === 'development' || allowed.has(digest);
  const loading = new Loading();
  await loading.folders(typeof builtIn === 'string' ? builtIn : fileURLToPath(builtIn), 'built-in', () => true);
  if (outside !== undefined) await loading.folders(outside, 'outside', permitted);
  const { catalogue, tools, plugins, toolNames, refused } = loading;
  return { catalogue, tools, plugins, toolNames, refused };
}

/** What has been loaded so far. */
class Loading {
  catalogue = new NodeCatalogue([]);
  tools: readonly InstalledTool[] = [];
  readonly plugins: LoadedPlugin[] = [];
  readonly toolNames: ToolNames = { reading: [], idempotent: [] };
  readonly refused: RefusedPlugin[] = [];

  async folders(
    parent: string,
    source: InstalledPlugin['source'],
    permitted: (digest: string) => boolean,
  ): Promise<void> {
    for (const folder of await this.foldersIn(parent)) {
      await this.orRefuse(folder, async () => {
        const files = await filesOf(folder);
        if (!permitted(files.digest)) throw notAllowed(folder, files);
        const { from, nodes, tools } = await installedFrom(files, source, this.toolNames);
        const taken = tools.find(({ name }, at) =>
          [...this.tools, ...tools.slice(0, at)].some((one) => one.name === name),
        );
        if (taken) throw new PluginProblem(`The tool "${taken.name}" is there twice.`, disableCommand(folder));
        this.catalogue = this.withNodes(nodes, folder);
        this.tools = [...this.tools, ...tools];
        this.plugins.push({
          ...from.plugin,
          nodeTypes: nodes.map(({ definition: { descriptor } }) => `${descriptor.type}@${descriptor.version}`),
          tools: tools.map(({ name }) => name),
          ...(from.permissions && { permissions: from.permissions }),
        });
      });
    }
  }

  private async foldersIn(parent: string): Promise<string[]> {
    let folders: string[] = [];
    await this.orRefuse(parent, async () => {
      const entries = await readdir(parent, { withFileTypes: true }).catch(() => {
        throw new PluginProblem('There is no such folder.', `mkdir -p ${quoted(parent)}`);
      });
      const seen = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink());
      folders = seen
        .map(({ name }) => join(parent, name))
        .filter((folder) => !isHidden(folder))
        .sort();
    });
    return folders;
  }

  private withNodes(nodes: readonly InstalledNode[], folder: string): NodeCatalogue {
    try {
      return new NodeCatalogue([...this.catalogue.all(), ...nodes]);
    } catch (error) {
      throw new PluginProblem((error as Error).message, disableCommand(folder));
    }
  }

  private async orRefuse(folder: string, load: () => Promise<void>): Promise<void> {
    try {
      await load();
    } catch (error) {
      const { message, remedy } = error as Partial<PluginProblem>;
      this.refused.push({ folder, reason: String(message ?? error), remedy: remedy ?? verifyCommand(folder) });
    }
  }
}

const disableCommand = (folder: string): string => `chatter plugin disable ${quoted(folder)}`;

const isHidden = (folder: string): boolean => basename(folder).startsWith('.') || basename(folder) === 'node_modules';

/** A folder has a plain name, and lies where it seems to lie. */
async function filesOf(folder: string): Promise<PluginFiles> {
  const name = basename(folder);
  if (!FOLDER.test(name)) {
    const plain = name
      .toLowerCase()
      .replace(/[^a-z0-9._-]/g, '-')
      .replace(/^[^a-z0-9]+/, '')
      .slice(0, 64);
    const renamed = join(dirname(folder), plain || 'plugin');
    throw new PluginProblem(
      'Its folder has no plain name: lower-case letters, digits, ".", "_" and "-".',
      `mv ${quoted(folder)} ${quoted(renamed)}`,
    );
  }
  if ((await realpath(folder)) !== join(await realpath(dirname(folder)), name)) {
    throw new PluginProblem(
      'Its folder is a link to another place.',
      `chatter plugin install ${quoted(await realpath(folder))}`,
    );
  }
  return readPluginFiles(folder);
}

interface Installed {
  readonly from: InstalledFrom;
  readonly nodes: readonly InstalledNode[];
  readonly tools: readonly InstalledTool[];
}

async function installedFrom(
  files: PluginFiles,
  source: InstalledPlugin['source'],
  toolNames: ToolNames,
): Promise<Installed> {
  const { name, version, permissions, ...entries } = await readManifest(files);
  const nodes = await importNodes(files, entries.nodes);
  const tools = await importTools(files, entries.tools);
  const help = files.hashes.has('README.md') ? await readFile(join(files.root, 'README.md'), 'utf8') : undefined;
  const from: InstalledFrom = {
    plugin: { name, version, digest: files.digest, source },
    ...(source === 'outside' && { permissions }),
    ...(help !== undefined && { help }),
  };
  return {
    from,
    nodes: nodes.map((definition) => installedNode(definition, from, toolNames)),
    tools: tools.map((definition) => installedTool(definition, from)),
  };
}

const notAllowed = (folder: string, { digest }: PluginFiles): PluginProblem =>
  new PluginProblem(
    `Production mode loads allowed digests only, and sha256:${digest} is none.`,
    `chatter plugin enable ${quoted(folder)} --digest sha256:${digest}`,
  );
