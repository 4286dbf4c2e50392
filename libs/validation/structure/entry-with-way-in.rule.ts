import { shown } from '../issue.js';
import { rule } from '../rule.js';

/** Where an execution begins, nothing leads to. */
export const entryWithWayIn = rule('structure.entry_with_way_in', ({ nodes, incoming }) =>
  nodes.flatMap(({ node, path, definition }) => {
    const ways = incoming.get(node.id) ?? [];
    if (definition?.descriptor.entry === undefined || ways.length === 0) return [];
    const message = `${shown(node.id)} is where an execution begins: no edge may lead to it. Delete the edge from ${shown(ways[0]!.edge.source)}, or use another node here.`;
    return [{ path, node_id: node.id, message }];
  }),
);
