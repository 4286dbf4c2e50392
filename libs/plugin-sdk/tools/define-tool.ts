import type { JsonValue } from '../json.js';
import { type ConfigOf, type Fields, schemaOfFields } from '../plain-form/field.js';
import type { ToolContext, ToolDefinition, ToolOutline } from './tool-definition.js';

export interface PlainToolOutline<F extends Fields> extends ToolOutline {
  readonly arguments: F;
  execute(context: ToolContext<ConfigOf<F>>): JsonValue | Promise<JsonValue>;
}

/** A tool in plain JavaScript, without a build: the types of its arguments are inferred from its fields. */
export function defineTool<const F extends Fields>(outline: PlainToolOutline<F>): ToolDefinition {
  const { name, description, effects, idempotent = false, arguments: fields } = outline;
  return {
    name,
    description,
    effects,
    idempotent,
    argumentsSchema: schemaOfFields(fields),
    execute: (context) => outline.execute(context as unknown as ToolContext<ConfigOf<F>>),
  };
}
