import { fieldKinds } from '#engine';
import type { AnalysedNode, PlacedExpression } from '../analysed-graph.js';
import { rule } from '../rule.js';

/** Secrets are named where their type says that what stands there is sent and never shown; nowhere else. */
export const secretMisplaced = rule('security.secret_misplaced', (graph) =>
  graph.expressions
    .filter(({ expression }) => expression.references.some(({ root }) => root === 'secrets'))
    .filter((placed) => !takesSecrets(placed, graph.byId.get(placed.node)))
    .map(({ at }) => ({
      ...at,
      message:
        'A secret may not stand here: what this expression makes is recorded and shown. Name it where it is sent: in headers, query, body or auth of an http_request.',
    })),
);

function takesSecrets({ edge, at, node }: PlacedExpression, analysed: AnalysedNode | undefined): boolean {
  const schema = analysed?.definition?.descriptor.configSchema;
  if (edge !== null || schema === undefined || analysed?.node.id !== node) return false;
  return fieldKinds(schema).secrets(at.path.slice(`${analysed.path}/data/config`.length));
}
