import { effectsOf, type Effects } from '#plugin-sdk';
import { rule } from '../rule.js';

const weight: Readonly<Record<Effects, number>> = { none: 0, wait: 0, read: 1, write: 2 };

/** A node may be declared to do more than its type does, never less. */
export const effectsLowered = rule('structure.effects_lowered', ({ nodes }) =>
  nodes.flatMap(({ node, path, definition }) => {
    const wished = node.data.effects;
    if (!definition || typeof wished !== 'string' || !Object.hasOwn(weight, wished)) return [];
    const declared = effectsOf(definition.descriptor, node.data.config);
    if (wished === declared || (weight[wished] > weight[declared] && declared !== 'wait')) return [];
    const message = `This node's effects are "${declared}", and "effects" may only raise them (none, read, write). Leave it out.`;
    return [{ path: `${path}/data/effects`, node_id: node.id, message }];
  }),
);
