import { shown } from '../issue.js';
import { rule } from '../rule.js';
import { isAllowedHost } from './allowed-host.js';
import { literalTarget } from './literal-target.js';

/** A literal URL leads to a public host, or to one that is allowed by name. What a name resolves to is checked at the call. */
export const hostNotAllowed = rule('security.host_not_allowed', ({ nodes, request: { egressAllow } }) =>
  egressAllow === null
    ? []
    : nodes.flatMap((node) => {
        const target = literalTarget(node);
        if (target === null || isAllowedHost(target, egressAllow)) return [];
        const message = `The host ${shown(target.host)} is not public, and not allowed. Call another one, or have it added to EGRESS_ALLOW.`;
        return [{ path: `${node.path}/data/config/url`, node_id: node.node.id, message }];
      }),
);
