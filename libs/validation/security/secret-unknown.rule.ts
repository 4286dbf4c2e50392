import { didYouMean, secretsNamed } from '#engine';
import { shown } from '../issue.js';
import { rule } from '../rule.js';

/** A secret that nobody has set yet: the graph may be kept, and fails where it is sent. */
export const secretUnknown = rule('security.secret_unknown', ({ nodes, request: { secrets } }) =>
  secrets === null
    ? []
    : nodes.flatMap(({ node, path, definition }) => {
        const named = definition ? secretsNamed(node.data.config, definition.descriptor.configSchema) : [];
        return named
          .filter((name) => !secrets.has(name))
          .map((name) => ({
            path: `${path}/data/config`,
            node_id: node.id,
            severity: 'warning',
            message: `There is no secret ${shown(name)}.${didYouMean(name, secrets)} Set it with POST /api/v1/secrets before this runs.`,
          }));
      }),
);
