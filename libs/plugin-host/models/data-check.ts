import { type Schema, Validator } from '@cfworker/json-schema';
import { type JsonObject, type JsonValue, NodeFailure, usesPattern } from '#plugin-sdk';

/** Whether data has the shape that was asked for. Throws `model_invalid_request` for a schema that is none. */
export function isOfSchema(data: JsonValue, schema: JsonObject): boolean {
  if (usesPattern(schema)) throw unusable('it uses `pattern`, which schemas of users may not');
  try {
    return new Validator(schema as Schema, '2020-12').validate(data).valid;
  } catch (error) {
    const why = String((error as { message?: unknown }).message).slice(0, 200);
    throw unusable(why);
  }
}

const unusable = (why: string): NodeFailure =>
  new NodeFailure({ code: 'model_invalid_request', message: `The response schema cannot be used: ${why}` });
