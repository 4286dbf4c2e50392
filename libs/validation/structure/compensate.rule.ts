import { didYouMean } from '#engine';
import { shown } from '../issue.js';
import { rule } from '../rule.js';

/** What undoes a step is a node of its own that nothing else leads to. */
export const compensate = rule('structure.compensate', ({ nodes, byId, incoming }) =>
  nodes.flatMap(({ node, path }) => {
    const { compensate: id } = node.data;
    if (typeof id !== 'string') return [];
    const at = { path: `${path}/data/compensate`, node_id: node.id };
    if (!byId.has(id))
      return [{ ...at, message: `There is no node ${shown(id)} to compensate with.${didYouMean(id, byId.keys())}` }];
    if (id === node.id) return [{ ...at, message: 'A node cannot compensate itself. Name another one.' }];
    const kind = byId.get(id)?.definition?.descriptor.kind ?? 'task';
    if (kind !== 'task')
      return [{ ...at, message: `${shown(id)} is a ${kind}: only a task can undo something. Name another node.` }];
    if ((incoming.get(id) ?? []).length === 0) return [];
    return [
      { ...at, message: `${shown(id)} compensates ${shown(node.id)}, so no edge may lead to it. Delete its in-edges.` },
    ];
  }),
);
