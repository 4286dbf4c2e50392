import type { ConfigFinding } from '#plugin-sdk';
import type { AnalysedNode } from '../analysed-graph.js';
import { checkConfig } from '../config/check-config.js';
import { shown } from '../issue.js';
import { rule } from '../rule.js';

/**
 * The config is what its type asks for, as far as that is known before it runs.
 *
 * 1. The schema is checked over what stands there literally; what an expression makes is checked when it is made.
 * 2. The type's own rules are asked once the schema has nothing against the config.
 */
export const config = rule('structure.config', ({ nodes }) =>
  nodes.flatMap((node) =>
    findingsFor(node).map(({ path, message, severity }) => ({
      path: `${node.path}/data/config${path}`,
      node_id: node.node.id,
      message: `Node ${shown(node.node.id)}: ${message}`,
      ...(severity !== undefined && { severity }),
    })),
  ),
);

function findingsFor(node: AnalysedNode): readonly ConfigFinding[] {
  if (!node.definition) return [];
  const found = checkConfig(node.node.data.config, node.definition.descriptor.configSchema, node.expressionAt); // rule 1
  return found.some(({ severity }) => severity !== 'warning') ? found : [...found, ...ownFindings(node)];
}

/** Rule 2. What a plugin throws here is its fault, and still no reason to let the graph pass. */
function ownFindings({ node, definition }: AnalysedNode): readonly ConfigFinding[] {
  try {
    return definition?.validate?.(node.data.config) ?? [];
  } catch {
    return [{ path: '', message: `The type "${node.type}" could not check its config. Tell the plugin's author.` }];
  }
}
