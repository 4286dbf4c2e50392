import { edge, node } from '#engine/testing';
import type { Graph, GraphEdge, GraphNode } from '#engine';
import { WorkflowValidator, type LayeredIssue, type ValidatorOptions } from '../index.js';
import { sampleTypes } from './sample-types.js';

export { edge, node };

/** A graph in short: nodes, and edges as `'a:port -> b'`. */
export interface Sketch {
  readonly nodes: readonly GraphNode[];
  readonly edges?: readonly (GraphEdge | string)[];
}

export const graphOf = ({ nodes, edges = [] }: Sketch): Graph => ({
  nodes,
  edges: edges.map((each) => (typeof each === 'string' ? edge(each) : each)),
});

/** What one rule finds in a graph. */
export function found(rule: string, sketch: Sketch, options: ValidatorOptions = {}): readonly LayeredIssue[] {
  const { errors, warnings } = new WorkflowValidator(sampleTypes, options)
    .validateGraph(graphOf(sketch))
    .toApiResponse();
  return [...errors, ...warnings].filter((issue) => issue.rule === rule);
}

/** One node between a start and an end. */
export const around = (middle: GraphNode, ...more: readonly GraphNode[]): Sketch => ({
  nodes: [node('start', 'start'), middle, ...more, node('end', 'end')],
  edges: [`start -> ${middle.id}`, `${middle.id} -> end`],
});

/** The node at `/nodes/1` has this config. */
export const withConfig = (type: string, config: GraphNode['data']['config']): Sketch =>
  around(node('it', type, { config }));

/** A loop whose body is one node, `body`. */
export const looped = (body: GraphNode, config: GraphNode['data']['config'] = {}, scope = 'loop'): Sketch => ({
  nodes: [node('start', 'start'), node('each', scope, { config }), body, node('end', 'end')],
  edges: [
    'start -> each',
    `each:${scope === 'loop' ? 'continue' : 'item'} -> ${body.id}`,
    `${body.id} -> each:back`,
    `each:${scope === 'loop' ? 'exit' : 'done'} -> end`,
  ],
});
