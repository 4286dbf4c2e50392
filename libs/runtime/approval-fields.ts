import { Validator, type Schema } from '@cfworker/json-schema';
import { Refusal } from '#engine';
import { usesPattern, type JsonObject } from '#plugin-sdk';

/** What was filled in with a decision, against the schema of the approval. Throws a refusal that names what does not fit. */
export function checkFields(schema: JsonObject | null, fields: JsonObject): void {
  if (schema === null) {
    if (Object.keys(fields).length === 0) return;
    throw new Refusal('invalid_fields', 'This approval asks for no fields: leave `fields` out.');
  }
  if (usesPattern(schema))
    throw new Refusal('invalid_fields', 'The fields of this approval use `pattern`, which schemas of users may not.');
  const { valid, errors } = new Validator(schema as Schema, '2020-12', false).validate(fields);
  if (valid) return;
  const { instanceLocation, error } = errors.at(-1)!;
  throw new Refusal('invalid_fields', `fields${instanceLocation.replace('#', '')}: ${error}`);
}
