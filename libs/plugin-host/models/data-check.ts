import { type Schema, Validator } from '@cfworker/json-schema';
import { type JsonObject, type JsonValue, NodeFailure, usesPattern } from '#plugin-sdk';

/** How many of the things that do not fit are told. */
const MAX_TOLD = 5;

/** Throws `model_invalid_request` for a schema that may not be used. */
export function checkResponseSchema(schema: JsonObject): void {
  if (usesPattern(schema)) throw unusable('it uses `pattern`, which schemas of users may not');
}

/** What of the data does not have the shape that was asked for, in words; null: nothing. Throws `model_invalid_request` for a schema that is none. */
export function misfitOf(data: JsonValue, schema: JsonObject): string | null {
  checkResponseSchema(schema);
  try {
    const { valid, errors } = new Validator(schema as Schema, '2020-12').validate(data);
    if (valid) return null;
    const told = errors.slice(-MAX_TOLD).map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`);
    return told.join(' ').slice(0, 1_000);
  } catch (error) {
    const why = String((error as { message?: unknown }).message).slice(0, 200);
    throw unusable(why);
  }
}

const unusable = (why: string): NodeFailure =>
  new NodeFailure({ code: 'model_invalid_request', message: `The response schema cannot be used: ${why}` });
