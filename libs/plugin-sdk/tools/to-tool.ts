import type { ToolDefinition } from './tool-definition.js';
import { definitionOfToolClass, isToolClass } from './workflow-tool.js';

const NAME = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;
const MOST = 64;
const EFFECTS: readonly string[] = ['none', 'read', 'write'];

/** Whether a module's export says it is a tool: a decorated class, or what `defineTool` gave. */
export function isToolExport(exported: unknown): boolean {
  return isToolClass(exported) || (typeof exported === 'object' && exported !== null && 'argumentsSchema' in exported);
}

/**
 * The definition of a decorated class or of what `defineTool` gave; the same one each time.
 * Throws an error whose message names what is wrong and what to write instead.
 */
export function toTool(exported: unknown): ToolDefinition {
  if (!isToolExport(exported)) {
    throw new Error('This export is no tool. Put @WorkflowTool({…}) on a class, or export what defineTool({…}) gives.');
  }
  const tool = isToolClass(exported) ? definitionOfToolClass(exported) : (exported as ToolDefinition);
  const problem = problemOf(tool);
  if (problem !== null) throw new Error(`Tool ${quoted(tool.name)} cannot be used: ${problem}`);
  return tool;
}

/**
 * 1. Its name is snake case, without two `_` together: that is how the tools of a server elsewhere are told apart.
 * 2. A model has to know what it is for.
 * 3. Effects are words that the engine knows.
 * 4. Its arguments are an object.
 */
function problemOf({
  name,
  description,
  effects,
  idempotent,
  argumentsSchema,
  execute,
}: ToolDefinition): string | null {
  if (typeof name !== 'string' || !NAME.test(name) || name.length > MOST)
    return `its name has to be snake case with single "_", at most ${MOST} characters: current_time.`;
  if (typeof description !== 'string' || description === '')
    return 'it has no description. Say what it does, and when to use it.';
  if (!EFFECTS.includes(effects)) return `its effects are ${quoted(effects)}. Choose one of ${EFFECTS.join(', ')}.`;
  if (typeof idempotent !== 'boolean') return 'its idempotent has to be true or false.';
  if (typeof argumentsSchema !== 'object' || argumentsSchema?.['type'] !== 'object')
    return 'its arguments are no object. Describe them by a class with @Field, or by fields.';
  return typeof execute === 'function' ? null : 'it has no execute.';
}

const quoted = (value: unknown): string => JSON.stringify(value) ?? String(value);
