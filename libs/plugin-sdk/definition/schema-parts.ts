import type { FieldOptions } from '../class-form/fields.js';
import type { JsonSchema, JsonValue } from '../json.js';

/** An object with these fields and no others. */
export function objectSchema(
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[],
): JsonSchema {
  return {
    type: 'object',
    properties,
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

/** What a reader and the editor are told of a field. */
export function presentation(options: FieldOptions, initially: JsonValue | undefined): JsonSchema {
  const { label, help, placeholder, aliases, widget } = options;
  return {
    title: label,
    ...(help !== undefined && { description: help }),
    ...(initially !== undefined && { default: initially }),
    ...(placeholder !== undefined && { 'x-placeholder': placeholder }),
    ...(aliases !== undefined && { 'x-aliases': aliases }),
    ...(widget !== undefined && { 'x-widget': widget }),
  };
}
