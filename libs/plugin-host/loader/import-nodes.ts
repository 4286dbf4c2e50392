import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isNodeExport, type NodeDefinition, toDefinition } from '#plugin-sdk';
import { problemOfJson } from '../runner/json-check.js';
import { readPluginFiles, type PluginFiles } from './plugin-files.js';
import { PluginProblem, verifyCommand } from './plugin-problem.js';
import { registerModuleHooks, rememberHash } from './module-hooks.js';

/**
 * Imports a plugin's entry files and gives the node types they export, by whatever name.
 *
 * The files are hashed again right before, and each once more by the module hooks as it is loaded: what runs is what was
 * looked at. Throws a `PluginProblem` when something changed, a file cannot be imported, or exports no node type.
 */
export async function importNodes(files: PluginFiles, entries: readonly string[]): Promise<readonly NodeDefinition[]> {
  const { root, hashes, digest } = files;
  if ((await readPluginFiles(root)).digest !== digest)
    throw new PluginProblem('Its files changed while they were read.', verifyCommand(root));
  registerModuleHooks();
  for (const [path, hash] of hashes) rememberHash(join(root, path), hash);
  const definitions: NodeDefinition[] = [];
  for (const entry of entries) definitions.push(...(await importEntry(root, entry)));
  return definitions;
}

async function importEntry(root: string, entry: string): Promise<readonly NodeDefinition[]> {
  try {
    const module = (await import(pathToFileURL(join(root, entry)).href)) as Readonly<Record<string, unknown>>;
    const definitions = [...new Set(Object.values(module).filter(isNodeExport).map(describedInJson))];
    if (definitions.length > 0) return definitions;
  } catch (error) {
    throw new PluginProblem(`Its entry "${entry}" cannot be loaded: ${messageOf(error)}`, verifyCommand(root));
  }
  throw new PluginProblem(
    `Its entry "${entry}" exports no node type: no class with @WorkflowNode, nothing from defineNode.`,
    verifyCommand(root),
  );
}

/** The description goes over the wire, and into records. */
function describedInJson(exported: unknown): NodeDefinition {
  const definition = toDefinition(exported);
  const { descriptor } = definition;
  const problem = problemOfJson(descriptor, `the description of "${descriptor.type}"`);
  if (problem !== null) throw new Error(problem);
  return definition;
}

const messageOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
