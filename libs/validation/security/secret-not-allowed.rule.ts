import { secretsNamed } from '#engine';
import { shown } from '../issue.js';
import { rule } from '../rule.js';

/** Whoever has a graph use secrets needs the right to. */
export const secretNotAllowed = rule('security.secret_not_allowed', ({ nodes, request: { mayUseSecrets } }) =>
  mayUseSecrets
    ? []
    : nodes.flatMap(({ node, path, definition }) => {
        const [name] = definition ? secretsNamed(node.data.config, definition.descriptor.configSchema) : [];
        if (name === undefined) return [];
        const message = `${shown(node.id)} uses the secret ${shown(name)}, and you do not hold the right secrets:use. Ask for it, or leave the secret out.`;
        return [{ path: `${path}/data/config`, node_id: node.id, message }];
      }),
);
