import { didYouMean } from '#engine';
import type { AnalysedEdge, AnalysedNode } from '../analysed-graph.js';
import { shown } from '../issue.js';
import { rule, type Finding } from '../rule.js';

/**
 * 1. An edge leaves by a port that its source has, or by `error`.
 * 2. It enters `in`, or `back` of a scope.
 */
export const unknownPort = rule('structure.unknown_port', ({ edges, byId }) =>
  edges.flatMap((edge) => [
    ...leaving(edge, byId.get(edge.edge.source)),
    ...entering(edge, byId.get(edge.edge.target)),
  ]),
);

/** Rule 1. */
function leaving({ edge, path }: AnalysedEdge, source: AnalysedNode | undefined): readonly Finding[] {
  if (!source?.definition) return [];
  const { bodyPort, terminal } = source.definition.descriptor;
  const ports = [...new Set([...source.ports, ...(bodyPort === undefined ? [] : [bodyPort]), 'error'])];
  if (ports.includes(edge.source_handle)) return [];
  const there = terminal
    ? 'Nothing goes on behind an end: delete the edge.'
    : `Node ${shown(edge.source)} has ${ports.map((port) => `"${port}"`).join(', ')}.`;
  const message = `This edge leaves by ${shown(edge.source_handle)}. ${there}${didYouMean(edge.source_handle, ports)}`;
  return [{ path: `${path}/source_handle`, edge_id: edge.id, message }];
}

/** Rule 2. */
function entering({ edge, path, back }: AnalysedEdge, target: AnalysedNode | undefined): readonly Finding[] {
  if (!target?.definition || edge.target_handle === 'in' || back) return [];
  const orBack = target.definition.descriptor.bodyPort === undefined ? '' : ', or "back" at the end of its body';
  const message =
    edge.target_handle === 'back'
      ? `This edge enters "back" of ${shown(edge.target)}, which is no scope. Only loops and their like have it: use "in".`
      : `This edge enters ${shown(edge.target_handle)} of ${shown(edge.target)}. Use "in"${orBack}.`;
  return [{ path: `${path}/target_handle`, edge_id: edge.id, message }];
}
