import { effectsOf } from '#plugin-sdk';
import type { AnalysedNode } from '../analysed-graph.js';
import { shown } from '../issue.js';
import { rule } from '../rule.js';
import { isAllowedHost } from './allowed-host.js';

/** A literal URL leads to a public host, or to one that is allowed by name. What a name resolves to is checked at the call. */
export const hostNotAllowed = rule('security.host_not_allowed', ({ nodes, request: { egressAllow } }) =>
  egressAllow === null
    ? []
    : nodes.flatMap((node) => {
        const target = targetOf(node);
        if (target === null || isAllowedHost(target, egressAllow)) return [];
        const message = `The host ${shown(target.host)} is not public, and not allowed. Call another one, or have it added to EGRESS_ALLOW.`;
        return [{ path: `${node.path}/data/config/url`, node_id: node.node.id, message }];
      }),
);

/** Where a node that reaches outside goes, as far as it stands there literally. */
function targetOf({ node, definition }: AnalysedNode): { readonly host: string; readonly port: string } | null {
  const { url } = node.data.config;
  if (typeof url !== 'string' || !definition || effectsOf(definition.descriptor, node.data.config) === 'none')
    return null;
  const origin = /^\s*https?:\/\/[^/?#{}\s]+(?=[/?#]|\s*$)/i.exec(url)?.[0];
  if (origin === undefined || !URL.canParse(origin)) return null;
  const { hostname, port, protocol } = new URL(origin);
  return { host: hostname, port: port || (protocol === 'https:' ? '443' : '80') };
}
