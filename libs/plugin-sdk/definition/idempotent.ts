import type { NodeDescriptor } from '../descriptor.js';
import type { JsonObject } from '../json.js';
import { valueAt } from './pointer.js';

/** Whether an uncertain attempt of a node with this literal config may be repeated. An expression may be anything: no. */
export function isIdempotent({ idempotent }: Pick<NodeDescriptor, 'idempotent'>, literalConfig: JsonObject): boolean {
  if (typeof idempotent === 'boolean') return idempotent;
  const value = valueAt(literalConfig, idempotent.by);
  return idempotent.among.some((one) => one === value);
}
