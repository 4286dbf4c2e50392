import { isUtf8 } from 'node:buffer';
import { Validator, type Schema } from '@cfworker/json-schema';
import type { JsonObject, JsonValue } from '#plugin-sdk';
import { readStrictJson } from '../../http/strict-json.js';
import { Problem } from '../../http/problem.js';

export interface HookBody {
  readonly body: JsonValue;
  /** Of the execution: what was read otherwise than it was written. */
  readonly warnings: readonly JsonObject[];
}

/** What came, as JSON within the limits of every request; whole numbers that no double holds are given as texts. Nothing: null. */
export function readHookBody(raw: Buffer): HookBody {
  if (raw.length === 0) return { body: null, warnings: [] };
  if (!isUtf8(raw)) throw new Problem('malformed_json', 'The body is not UTF-8. Send JSON as UTF-8.');
  let changed = 0;
  const read = readStrictJson(raw.toString('utf8'), () => (changed += 1));
  const message = `Numbers beyond 2^53 − 1 are given as texts: ${changed}.`;
  return {
    body: read as JsonValue,
    warnings: changed === 0 ? [] : [{ code: 'unsafe_number', message, path: '/input_data/body' }],
  };
}

/** Throws a 422 with each fault where the body is not what the webhook asks for. */
export function mustFit(body: JsonValue, schema: JsonObject | null): void {
  if (schema === null) return;
  const { valid, errors } = new Validator(schema as Schema, '2020-12', false).validate(body);
  if (valid) return;
  const items = errors.slice(-20).map(({ instanceLocation, error }) => ({
    rule: 'hook.body_schema',
    message: error,
    path: instanceLocation.replace('#', ''),
    severity: 'error' as const,
  }));
  throw new Problem('hook_body_invalid', `The body is not what is asked for here: ${items.at(-1)?.message ?? ''}`, {
    errors: items,
  });
}
