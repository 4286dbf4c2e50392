import { effectsOf } from '#plugin-sdk';
import type { AnalysedNode, PlacedExpression } from '../analysed-graph.js';
import { shown } from '../issue.js';
import { rule } from '../rule.js';
import { reachedWithoutConsent } from './consent.js';
import { dataOrigins, FOREIGN, GUARDED, type OriginsOf } from './data-origins.js';
import { literalTarget } from './literal-target.js';
import { sendsSecret } from './sends-secret.js';

/**
 * Data from outside, a secret and a way out, on one path.
 *
 * 1. Where a step sends a secret, whoever chooses the host gets it: the host has to stand there literally.
 * 2. What a secret has opened is sent to no host that somebody else's words choose: the input, a model, an answer.
 * 3. People who have agreed on every way to the step make it their choice.
 */
export const untrustedFlow = rule('security.untrusted_flow', (graph) => {
  const open = graph.nodes.filter(hasOpenHost);
  if (open.length === 0) return [];
  const unasked = reachedWithoutConsent(graph);
  const origins = dataOrigins(graph);
  const own = Map.groupBy(graph.expressions, ({ node, edge }) => (edge === null ? node : ''));
  return open.flatMap((node) => {
    const { id } = node.node;
    const message = unasked.has(id) ? problemOf(node, own.get(id) ?? [], origins) : null; // rule 3
    return message === null ? [] : [{ path: `${node.path}/data/config/url`, node_id: id, message }];
  });
});

const WAY_OUT = 'Write the host literally, or let an approval come before it.';

function problemOf(
  analysed: AnalysedNode,
  expressions: readonly PlacedExpression[],
  originsOf: OriginsOf,
): string | null {
  const name = shown(analysed.node.id);
  if (sendsSecret(analysed)) return `${name} sends a secret to a host that an expression chooses. ${WAY_OUT}`; // rule 1
  const inUrl = expressions.filter(({ at }) => at.path === `${analysed.path}/data/config/url`);
  const inHost = new Set(inUrl.slice(0, expressionsInHost(String(analysed.node.data.config['url']))));
  const sent = expressions.filter((each) => !inHost.has(each));
  const steered = (originsOf([...inHost]) & FOREIGN) !== 0;
  return steered && (originsOf(sent) & GUARDED) !== 0
    ? `${name} sends what a secret has opened to a host that data from outside choose. ${WAY_OUT}` // rule 2
    : null;
}

function hasOpenHost(analysed: AnalysedNode): boolean {
  const { definition, node } = analysed;
  const { url } = node.data.config;
  if (typeof url !== 'string' || !url.includes('{{') || definition === undefined) return false;
  return effectsOf(definition.descriptor, node.data.config) !== 'none' && literalTarget(analysed) === null;
}

/** How many of a URL's expressions stand before its path. */
function expressionsInHost(url: string): number {
  const marked = url.replaceAll(/\{\{.*?\}\}/gs, '\0');
  const host = /^\s*(?:[a-z]+:\/\/)?[^/?#]*/i.exec(marked)![0];
  return host.split('\0').length - 1;
}
