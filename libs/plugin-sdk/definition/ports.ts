import type { NodeDescriptor } from '../descriptor.js';
import type { JsonObject } from '../json.js';
import { valueAt, valuesAt } from './pointer.js';

/**
 * The ways out of a node with this config, in the descriptor's order, each once. `error` is not among them: every
 * node has it. A `from` names one port for each text that its pointer finds; anything else there is passed over.
 */
export function portsOf(descriptor: Pick<NodeDescriptor, 'ports'>, literalConfig: JsonObject): string[] {
  const ports = descriptor.ports.flatMap((rule) => {
    if (typeof rule === 'string') return [rule];
    if ('name' in rule) return valueAt(literalConfig, rule.if) === rule.is ? [rule.name] : [];
    return valuesAt(literalConfig, rule.from).filter((name) => typeof name === 'string');
  });
  return [...new Set(ports)];
}
