import { didYouMean, type NodeTypes } from '#engine';
import { shown } from '../issue.js';
import { rule } from '../rule.js';

/** Somebody provides the type, in the version asked for. */
export const unknownType = rule('structure.unknown_type', ({ nodes, types }) =>
  nodes
    .filter(({ definition }) => definition === undefined)
    .map(({ node, path }) => {
      const known = types.find(node.type);
      return {
        node_id: node.id,
        path: known ? `${path}/type_version` : `${path}/type`,
        message: known
          ? `There is no version ${node.type_version} of ${shown(node.type)}; there is ${versionsOf(node.type, types)}. Choose one, or leave type_version out.`
          : `No plugin provides the node type ${shown(node.type)}.${didYouMean(node.type, namesOf(types))} GET /api/v1/workflows/node-types lists what there is.`,
      };
    }),
);

const namesOf = (types: NodeTypes): string[] => types.all().map(({ descriptor }) => descriptor.type);

const versionsOf = (type: string, types: NodeTypes): string =>
  types
    .all()
    .filter(({ descriptor }) => descriptor.type === type)
    .map(({ descriptor }) => descriptor.version)
    .join(', ');
