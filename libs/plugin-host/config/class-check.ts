import { getMetadataStorage, type ValidationError, validateSync } from 'class-validator';
import { type ConfigClass, fieldsOf, type JsonObject, type JsonValue } from '#plugin-sdk';
import type { ConfigCheck } from './schema-check.js';

/** A check by the class-validator decorators of a config class and of the classes inside it. */
export const classCheck =
  (config: ConfigClass, root = 'config'): ConfigCheck =>
  (resolved) =>
    problemOf(config, resolved, root);

/** Validators whose whole meaning stands in the JSON Schema too: what that lets pass, they do. */
const saidBySchema: ReadonlySet<string> = new Set([
  'isString',
  'isBoolean',
  'isArray',
  'isObject',
  'isInt',
  'min',
  'max',
  'isIn',
  'isLength',
  'minLength',
  'maxLength',
  'arrayMinSize',
  'arrayMaxSize',
]);
const optional = 'conditionalValidation';

/** Whether the class checks anything that its schema does not: if not, checking by both is the same work twice. */
export function checksMoreThanSchema(config: ConfigClass): boolean {
  const notes = getMetadataStorage().getTargetValidationMetadatas(config, '', false, false);
  if (notes.some(({ type, name, each }) => type !== optional && (each || !saidBySchema.has(name ?? '')))) return true;
  return [...fieldsOf(config).values()].some(({ nested, items }) => {
    const inner = nested?.() ?? (typeof items === 'function' ? items() : undefined);
    return inner !== undefined && checksMoreThanSchema(inner);
  });
}

function problemOf(config: ConfigClass, value: JsonValue | undefined, name: string): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null; // the schema has seen to it
  const [error] = validateSync(Object.assign(new config(), value), {
    forbidUnknownValues: false,
    stopAtFirstError: true,
  });
  if (error !== undefined) return `${name}.${error.property}: ${firstMessage(error)}.`;
  for (const [key, { nested, items }] of fieldsOf(config)) {
    const inner = (value as JsonObject)[key];
    const problem = nested
      ? problemOf(nested(), inner, `${name}.${key}`)
      : typeof items === 'function'
        ? problemOfItems(items(), inner, `${name}.${key}`)
        : null;
    if (problem !== null) return problem;
  }
  return null;
}

function problemOfItems(config: ConfigClass, list: JsonValue | undefined, name: string): string | null {
  if (!Array.isArray(list)) return null;
  for (const [index, item] of (list as readonly JsonValue[]).entries()) {
    const problem = problemOf(config, item, `${name}[${index}]`);
    if (problem !== null) return problem;
  }
  return null;
}

/** A `@ValidateNested` reports from inside. */
function firstMessage({ constraints, children }: ValidationError): string {
  const [own] = Object.values(constraints ?? {});
  return own ?? (children?.[0] ? `${children[0].property}: ${firstMessage(children[0])}` : 'is not valid');
}
