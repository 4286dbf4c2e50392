import { type AttemptUsage, type JsonObject, NodeFailure, type NodeResult, portsOf } from '#plugin-sdk';
import type { InstalledNode } from '../installed-node.js';
import { problemOfJson } from './json-check.js';

/**
 * Gives the result back when it can be recorded.
 *
 * 1. It goes on at a port of this node; a node without ports ends at `end`.
 * 2. What it gives and sets is JSON, within bounds (`unsafe_json`).
 * 3. Everything else has its shape (`invalid_result`).
 */
export function checkedResult(result: NodeResult, { definition }: InstalledNode, config: JsonObject): NodeResult {
  if (typeof result !== 'object' || result === null)
    throw refused('invalid_result', `The node gave ${String(result)} and no result. Return to('out', …).`);
  const ports = definition.descriptor.ports.length === 0 ? ['end'] : portsOf(definition.descriptor, config);
  if (!ports.includes(result.port)) {
    throw refused(
      'invalid_result',
      `The node went on at "${String(result.port)}", but has the ports ${ports.join(', ')}.`,
    ); // rule 1
  }
  const unsafe =
    problemOfJson(result.output, 'output') ?? (result.set === undefined ? null : problemOfJson(result.set, 'set'));
  if (unsafe !== null) throw refused('unsafe_json', unsafe); // rule 2
  const misshapen = problemOfShape(result);
  if (misshapen !== null) throw refused('invalid_result', misshapen); // rule 3
  return result;
}

function problemOfShape({ stop, set, unset, metrics, warnings }: NodeResult): string | null {
  if (stop !== undefined && typeof stop !== 'boolean') return 'stop has to be true or false.';
  if (set !== undefined && (set === null || Array.isArray(set) || typeof set !== 'object'))
    return 'set has to be an object of variables.';
  if (unset !== undefined && !areTexts(unset)) return 'unset has to be a list of names.';
  if (warnings !== undefined && !areTexts(warnings)) return 'warnings has to be a list of texts.';
  return metrics === undefined || isUsage(metrics)
    ? null
    : 'metrics has to hold whole numbers from 0, and may name a model.';
}

const areTexts = (list: unknown): boolean => Array.isArray(list) && list.every((one) => typeof one === 'string');

/** Whole numbers from 0, and the name of a model. */
export const isUsage = ({
  prompt_tokens,
  completion_tokens,
  cost_nano_usd,
  tool_calls,
  model,
}: AttemptUsage): boolean =>
  (model === undefined || (typeof model === 'string' && model.isWellFormed() && model.length <= 256)) &&
  [prompt_tokens, completion_tokens, cost_nano_usd, tool_calls].every(
    (count) => Number.isSafeInteger(count) && count >= 0,
  );

const refused = (code: string, message: string): NodeFailure => new NodeFailure({ code, message });
