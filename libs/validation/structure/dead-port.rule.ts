import { shown } from '../issue.js';
import { rule } from '../rule.js';

/** Of a node with several ways on, each leads somewhere; a scope has a body. What leaves by a dead port is lost. */
export const deadPort = rule('structure.dead_port', ({ nodes, outgoing }) =>
  nodes.flatMap(({ node, path, definition, ports }) => {
    const wired = new Set((outgoing.get(node.id) ?? []).map(({ edge }) => edge.source_handle));
    if (ports.length < 2 || definition === undefined) return [];
    return ports
      .filter((port) => !wired.has(port))
      .map((port) => ({
        path,
        node_id: node.id,
        severity: 'warning',
        message: `Nothing is connected to the port ${shown(port)} of ${shown(node.id)}: what leaves there ends there.`,
      }));
  }),
);
