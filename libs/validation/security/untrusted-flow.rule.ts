import type { AnalysedGraph, AnalysedNode } from '../analysed-graph.js';
import { shown } from '../issue.js';
import { rule } from '../rule.js';
import { literalTarget } from './literal-target.js';

/**
 * A secret, data from outside and a way out, in one step.
 *
 * 1. Where a step sends a secret, whoever chooses the host gets it: the host has to stand there literally.
 * 2. A host that comes of an expression is chosen by whatever the expression reads: the input, an answer, a model.
 * 3. An approval on every way to the step makes it a person's choice.
 */
export const untrustedFlow = rule('security.untrusted_flow', (graph) =>
  graph.nodes.flatMap((node) => {
    const { url } = node.node.data.config;
    if (typeof url !== 'string' || !url.includes('{{') || literalTarget(node) !== null) return []; // rule 1
    if (!sendsSecret(node) || isApproved(node.node.id, graph)) return [];
    const message = `${shown(node.node.id)} sends a secret to a host that an expression chooses. Write the host literally, or put an approval before it.`;
    return [{ path: `${node.path}/data/config/url`, node_id: node.node.id, message }];
  }),
);

const sendsSecret = ({ node }: AnalysedNode): boolean => {
  const { auth } = node.data.config;
  const named = typeof auth === 'object' && auth !== null && 'secret' in auth;
  return named || /\{\{[^}]*\bsecrets\b/.test(JSON.stringify(node.data.config));
};

/** Rule 3. */
function isApproved(id: string, graph: AnalysedGraph, seen: ReadonlySet<string> = new Set()): boolean {
  const ways = (graph.incoming.get(id) ?? []).filter(({ back, edge }) => !back && !seen.has(edge.source));
  const scope = graph.scopes.scopeOf.get(id);
  if (ways.length === 0) return false;
  return ways.every(({ edge }) => {
    if (edge.source === scope && edge.source === id) return false;
    return asksPeople(graph.byId.get(edge.source)) || isApproved(edge.source, graph, new Set([...seen, id]));
  });
}

const asksPeople = (node: AnalysedNode | undefined): boolean => node?.definition?.descriptor.category === 'human';
