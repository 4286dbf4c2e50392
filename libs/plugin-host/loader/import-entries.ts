import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  isNodeExport,
  isToolExport,
  type NodeDefinition,
  type ToolDefinition,
  toDefinition,
  toTool,
} from '#plugin-sdk';
import { problemOfJson } from '../runner/json-check.js';
import { readPluginFiles, type PluginFiles } from './plugin-files.js';
import { PluginProblem, verifyCommand } from './plugin-problem.js';
import { registerModuleHooks, rememberHash } from './module-hooks.js';

/** The node types that a plugin's entry files export, by whatever name; as `importEntries` says. */
export const importNodes = (files: PluginFiles, entries: readonly string[]): Promise<readonly NodeDefinition[]> =>
  importEntries(files, entries, {
    what: 'no node type: no class with @WorkflowNode, nothing from defineNode',
    isMeant: isNodeExport,
    read: describedNode,
  });

/** The tools that a plugin's entry files export, by whatever name; as `importEntries` says. */
export const importTools = (files: PluginFiles, entries: readonly string[]): Promise<readonly ToolDefinition[]> =>
  importEntries(files, entries, {
    what: 'no tool: no class with @WorkflowTool, nothing from defineTool',
    isMeant: isToolExport,
    read: describedTool,
  });

interface Kind<T> {
  readonly what: string;
  isMeant(exported: unknown): boolean;
  read(exported: unknown): T;
}

/**
 * The files are hashed again right before, and each once more by the module hooks as it is loaded: what runs is what was
 * looked at. Throws a `PluginProblem` when something changed, a file cannot be imported, or exports nothing of its kind.
 */
async function importEntries<T>(
  { root, hashes, digest }: PluginFiles,
  entries: readonly string[],
  kind: Kind<T>,
): Promise<readonly T[]> {
  if (entries.length === 0) return [];
  if ((await readPluginFiles(root)).digest !== digest)
    throw new PluginProblem('Its files changed while they were read.', verifyCommand(root));
  registerModuleHooks();
  for (const [path, hash] of hashes) rememberHash(join(root, path), hash);
  const read: T[] = [];
  for (const entry of entries) read.push(...(await importEntry(root, entry, kind)));
  return read;
}

async function importEntry<T>(root: string, entry: string, { what, isMeant, read }: Kind<T>): Promise<readonly T[]> {
  try {
    const module = (await import(pathToFileURL(join(root, entry)).href)) as Readonly<Record<string, unknown>>;
    const found = [...new Set(Object.values(module).filter(isMeant).map(read))];
    if (found.length > 0) return found;
  } catch (error) {
    throw new PluginProblem(`Its entry "${entry}" cannot be loaded: ${messageOf(error)}`, verifyCommand(root));
  }
  throw new PluginProblem(`Its entry "${entry}" exports ${what}.`, verifyCommand(root));
}

/** The description goes over the wire, and into records. */
function describedNode(exported: unknown): NodeDefinition {
  const definition = toDefinition(exported);
  const { descriptor } = definition;
  return inJson(definition, descriptor, descriptor.type);
}

function describedTool(exported: unknown): ToolDefinition {
  const tool = toTool(exported);
  return inJson(tool, tool.argumentsSchema, tool.name);
}

function inJson<T>(definition: T, description: object, name: string): T {
  const problem = problemOfJson(description, `the description of "${name}"`);
  if (problem !== null) throw new Error(problem);
  return definition;
}

const messageOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
