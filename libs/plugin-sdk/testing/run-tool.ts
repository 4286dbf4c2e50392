import { defaultsFilled } from '../definition/defaults.js';
import type { DocumentClient, HttpClient } from '../clients/index.js';
import { NodeFailure } from '../failure.js';
import type { JsonObject, JsonValue } from '../json.js';
import { type ToolContext, toTool } from '../tools/index.js';
import type { RunOutcome } from './run-node.js';

/** What a tool is called with. Everything has a default, and nothing reaches outside unless it is given here. */
export interface RunToolOptions {
  readonly args?: JsonObject;
  /** Default `test/<name>`. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
  /** Default: stands still at 2026-01-01T00:00:00Z. */
  readonly clock?: ToolContext['clock'];
  readonly http?: HttpClient;
  readonly documents?: DocumentClient;
}

/** What the tool gave, and what it said meanwhile. */
export interface ToolOutcome {
  readonly result: JsonValue;
  readonly logs: RunOutcome['logs'];
}

/**
 * Calls a tool once, with its arguments' defaults filled in and without a server. Rejects with what it throws, and with a
 * failure when it uses what its effects do not allow.
 */
export async function runTool(tool: unknown, options: RunToolOptions = {}): Promise<ToolOutcome> {
  const { name, effects, argumentsSchema, execute } = toTool(tool);
  const logs: RunOutcome['logs'][number][] = [];
  const log = (level: 'debug' | 'info' | 'warn') => (message: string, fields?: JsonObject) =>
    void logs.push({ level, message, ...(fields && { fields }) });
  const given = <T extends object>(client: T | undefined, what: string): T => {
    if (effects !== 'none' && client !== undefined) return client;
    const [code, why] =
      effects === 'none'
        ? ['effect_not_declared', `"${name}" declares no effects and may not use ${what}.`]
        : ['not_recorded', `"${name}" used ${what}, but the test gave none.`];
    const refuse = async (): Promise<never> => Promise.reject(new NodeFailure({ code, message: why }));
    return { send: refuse, search: refuse } as unknown as T;
  };
  const result = await execute({
    args: defaultsFilled(argumentsSchema, options.args ?? {}),
    signal: options.signal ?? new AbortController().signal,
    idempotencyKey: options.idempotencyKey ?? `test/${name}`,
    log: { debug: log('debug'), info: log('info'), warn: log('warn') },
    http: given(options.http, 'http'),
    documents: given(options.documents, 'documents'),
    clock: options.clock ?? { now: () => Date.parse('2026-01-01T00:00:00Z') },
  });
  return { result, logs };
}
