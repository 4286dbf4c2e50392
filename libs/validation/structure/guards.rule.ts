import { didYouMean } from '#engine';
import { effectsOf } from '#plugin-sdk';
import { shown } from '../issue.js';
import { rule } from '../rule.js';

/** What an approval guards is a node that does something: only those begin with a config that is on the record. */
export const guards = rule('structure.guards', ({ nodes, byId }) =>
  nodes.flatMap(({ node, path, definition }) => {
    const { guards: id } = node.data.config;
    if (definition?.descriptor.consent === undefined || typeof id !== 'string') return [];
    const at = { path: `${path}/data/config/guards`, node_id: node.id };
    const guarded = byId.get(id);
    if (!guarded) return [{ ...at, message: `There is no node ${shown(id)} to guard.${didYouMean(id, byId.keys())}` }];
    if (!guarded.definition) return [];
    const effects = effectsOf(guarded.definition.descriptor, guarded.node.data.config, guarded.node.data.effects);
    if (effects === 'read' || effects === 'write') return [];
    return [
      { ...at, message: `${shown(id)} changes nothing and needs no guard. Guard the node that does what is approved.` },
    ];
  }),
);
