import { edge, node } from '../support/graphs.js';

/** One way to use a node type that works anywhere it may stand. */
export interface Sample {
  readonly type: string;
  readonly config: object;
  /** The port by which it goes on. Default `out`. */
  readonly port?: string;
  /** Scopes: the port into the body; the body is one `transform`. */
  readonly bodyPort?: string;
  /** It is where an execution begins, and can stand nowhere else. */
  readonly entry?: true;
  /** It is where one ends: nothing follows. */
  readonly terminal?: true;
}

/** Node types by name, and a variant where a type behaves in two ways. */
export const samplesFor = (facts: { readonly upstream: string; readonly child: string }): Record<string, Sample> => ({
  approval: { type: 'approval', config: { title: 'May it?' }, port: 'approved' },
  code: { type: 'code', config: { source: 'return 1 + 1;' } },
  conditional: { type: 'conditional', config: { condition: 'true' }, port: 'true' },
  delay: { type: 'delay', config: { duration_ms: 5 } },
  end: { type: 'end', config: { output: 'ended' }, terminal: true },
  error_handler: { type: 'error_handler', config: { action: 'fallback', fallback_value: 1 }, port: 'handled' },
  http_request: { type: 'http_request', config: { method: 'POST', url: `${facts.upstream}/items`, body: { n: 1 } } },
  loop: { type: 'loop', config: { max_iterations: 2 }, bodyPort: 'continue', port: 'exit' },
  map: { type: 'map', config: { items: [1, 2] }, bodyPort: 'item', port: 'done' },
  memory: { type: 'memory', config: { operation: 'load' } },
  merge: { type: 'merge', config: { join: 'any', mode: 'first' } },
  model: { type: 'model', config: { prompt: 'Penguins live in the south. Where do penguins live?' } },
  'model with tools': { type: 'model', config: { prompt: 'What is 2 + 3?', tools: ['calculator'] } },
  retrieval: { type: 'retrieval', config: { query: 'penguins' } },
  schedule: { type: 'schedule', config: { cron: '0 0 1 1 *' }, entry: true },
  start: { type: 'start', config: {}, entry: true },
  sub_workflow: { type: 'sub_workflow', config: { definition_id: facts.child } },
  switch: { type: 'switch', config: { cases: [{ name: 'a', condition: 'true' }] }, port: 'a' },
  tool: { type: 'tool', config: { tool_name: 'calculator', arguments: { expression: '1 + 2' } } },
  transform: { type: 'transform', config: { value: 1 } },
  variable: { type: 'variable', config: { operation: 'increment', variable_name: 'count', value: 1 } },
  wait_signal: { type: 'wait_signal', config: { name: 'go' } },
  webhook: { type: 'webhook', config: { path: 'matrix' }, entry: true },
});

export interface Graph {
  readonly nodes: object[];
  readonly edges: object[];
}

/** The sample as a part of a graph. */
function part(id: string, { type, config, bodyPort }: Sample): Graph {
  const body = `${id}-body`;
  if (bodyPort === undefined) return { nodes: [node(id, type, config)], edges: [] };
  return {
    nodes: [node(id, type, config), node(body, 'transform', { value: '{{ index }}' })],
    edges: [edge(id, body, bodyPort), { source: body, target: id, target_handle: 'back' }],
  };
}

const on = (from: string, { port = 'out', terminal }: Sample, to: string): object[] =>
  terminal ? [] : [edge(from, to, port)];

/** What it leads to; an end leads nowhere. */
const after = (sample: Sample, id: string): Graph => ({
  nodes: sample.terminal ? [] : [node(id, 'end')],
  edges: on('it', sample, id),
});

const joined = (...graphs: readonly Graph[]): Graph => ({
  nodes: graphs.flatMap(({ nodes }) => nodes),
  edges: graphs.flatMap(({ edges }) => edges),
});

/** start → it → end; an entry stands for the start. */
export const plain = (sample: Sample): Graph =>
  joined(
    sample.entry ? { nodes: [], edges: [] } : { nodes: [node('start', 'start')], edges: [edge('start', 'it')] },
    part('it', sample),
    after(sample, 'end'),
  );

/** In the body of a scope that runs twice. */
export const inScope = (sample: Sample, type: 'loop' | 'map'): Graph =>
  joined(part('it', sample), {
    nodes: [
      node('start', 'start'),
      type === 'loop' ? node('each', 'loop', { max_iterations: 2 }) : node('each', 'map', { items: ['a', 'b'] }),
      node('end', 'end'),
    ],
    edges: [
      edge('start', 'each'),
      edge('each', 'it', type === 'loop' ? 'continue' : 'item'),
      ...on('it', sample, 'each').map((way) => ({ ...way, target_handle: 'back' })),
      edge('each', 'end', type === 'loop' ? 'exit' : 'done'),
    ],
  });

/** Behind a step that fails. */
export const behindError = (sample: Sample): Graph =>
  joined(part('it', sample), {
    nodes: [node('start', 'start'), node('broken', 'transform', { value: '{{ input.none }}' }), node('end', 'end')],
    edges: [edge('start', 'broken'), edge('broken', 'end'), edge('broken', 'it', 'error'), ...on('it', sample, 'end')],
  });

/** It, then a gate that only a signal opens, then it again. */
export function withGate(sample: Sample): Graph {
  const gate = node('gate', 'wait_signal', { name: 'gate' });
  if (sample.terminal)
    return joined(part('it', sample), part('again', sample), {
      nodes: [node('start', 'start'), gate],
      edges: [edge('start', 'it'), edge('start', 'gate'), edge('gate', 'again')],
    });
  const second: Sample = sample.entry ? { type: 'transform', config: { value: 2 } } : sample;
  return joined(
    sample.entry ? { nodes: [], edges: [] } : { nodes: [node('start', 'start')], edges: [edge('start', 'it')] },
    part('it', sample),
    part('again', second),
    {
      nodes: [gate, node('end', 'end')],
      edges: [...on('it', sample, 'gate'), edge('gate', 'again'), ...on('again', second, 'end')],
    },
  );
}
