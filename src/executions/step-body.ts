import { hash } from 'node:crypto';
import type { Settled } from '#engine';
import { canonicalJson } from '#event-store';
import type { JsonObject, JsonValue } from '#plugin-sdk';
import { Problem } from '../http/problem.js';
import { readBody } from '../http/members.js';
import { readExecuteBody, type ExecuteBody } from './execute-body.js';

/** The node that hands over what is to arrive; no other may have its id. */
const given = 'given';

/**
 * One node by itself, as an execution like any other, with everything it reads given.
 *
 * 1. The graph is `start → given → the node`, and beside it a node for each output that is given. None of those runs:
 *    what they came to is recalled.
 * 2. It is in debug mode, and tagged `step`, so that lists can tell it.
 * 3. A start, an end and a node with a body make no sense alone.
 */
export function readStepBody(body: unknown): ExecuteBody {
  const { incoming = null, ...rest } = (body ?? {}) as Record<string, JsonValue>;
  const members = {
    node: 'object',
    input_data: 'object?',
    nodes: 'object?',
    variables: 'object?',
    config: 'object?',
  } as const;
  const { node, input_data, nodes = {}, variables = {}, config = {} } = readBody(rest, members);
  const id = (node as JsonObject)['id'];
  const outputs = nodes as JsonObject;
  const reserved = ['start', given].find((name) => id === name || Object.hasOwn(outputs, name));
  if (reserved !== undefined || Object.hasOwn(outputs, String(id)))
    throw new Problem(
      'invalid_request',
      `A node cannot be called "${reserved ?? String(id)}" here: give it another id.`,
    );

  const others = [given, ...Object.keys(outputs)];
  const request = readExecuteBody({
    workflow_type: 'custom',
    nodes: [
      node,
      { id: 'start', type: 'start' },
      ...others.map((name) => ({ id: name, type: 'transform', data: { config: { value: null } } })),
    ],
    edges: [...others.map((name) => ({ source: 'start', target: name })), { source: given, target: id }],
    ...(input_data !== undefined && { input_data }),
    config: { ...(config as JsonObject), debug_mode: true, tags: [...tagsIn(config as JsonObject), 'step'] },
  });
  return {
    ...request,
    digest: hash('sha256', canonicalJson(body as JsonValue), 'hex'),
    recalled: new Map([
      ['start', settled('start', null, variables as JsonObject)],
      [given, settled(given, incoming)],
      ...Object.entries(outputs).map(([name, output]) => [name, settled(name, output)] as const),
    ]),
  };
}

const tagsIn = ({ tags }: JsonObject): readonly JsonValue[] => (Array.isArray(tags) ? tags : []);

const settled = (path: string, output: JsonValue, variables?: JsonObject): Settled => ({
  attempt: 1,
  output,
  path,
  port: 'out',
  ...(variables && { variables }),
});
