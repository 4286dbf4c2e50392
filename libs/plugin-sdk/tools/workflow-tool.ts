import { schemaOfClass } from '../class-form/config-schema.js';
import type { ConfigClass } from '../class-form/fields.js';
import { rememberConfigClass } from '../definition/config-class.js';
import type { Tool, ToolDefinition, ToolOutline } from './tool-definition.js';

/** The outline of a tool class; its arguments are described by a class, as a node's config is. */
export interface WorkflowToolOptions extends ToolOutline {
  readonly arguments: ConfigClass;
}

/** A class that can be decorated: made once, without arguments. */
export type ToolClass = new () => Tool<never>;

const optionsOfClass = new WeakMap<object, WorkflowToolOptions>();
const definitions = new WeakMap<object, ToolDefinition>();

/** Says that this class is a tool, and what there is to know of it without calling it. */
export function WorkflowTool(options: WorkflowToolOptions): (tool: ToolClass) => void {
  return (tool) => void optionsOfClass.set(tool, options);
}

export const isToolClass = (exported: unknown): exported is ToolClass =>
  typeof exported === 'function' && optionsOfClass.has(exported);

/** Made once for each class. */
export function definitionOfToolClass(tool: ToolClass): ToolDefinition {
  const known = definitions.get(tool);
  if (known !== undefined) return known;
  const { arguments: args, name, description, effects, idempotent = false } = optionsOfClass.get(tool)!;
  const instance = new tool();
  const definition: ToolDefinition = {
    name,
    description,
    effects,
    idempotent,
    argumentsSchema: schemaOfClass(args),
    execute: (context) => instance.execute(context as never),
  };
  rememberConfigClass(definition, args);
  definitions.set(tool, definition);
  return definition;
}
