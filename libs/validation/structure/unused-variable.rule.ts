import { shown } from '../issue.js';
import { rule } from '../rule.js';

/** What is put into a variable is read somewhere. */
export const unusedVariable = rule('structure.unused_variable', ({ nodes, expressions }) => {
  const references = expressions
    .flatMap(({ expression }) => expression.references)
    .filter(({ root }) => root === 'variables');
  if (references.some(({ path }) => path.length === 0)) return []; // read as a whole, or by a name that is not known yet
  const read = new Set(references.map(({ path }) => path[0]));
  for (const { node } of nodes)
    if (node.data.config['operation'] === 'get') read.add(String(node.data.config['variable_name']));
  return nodes.flatMap(({ node, path, definition }) => {
    const { variable_name: name, operation } = node.data.config;
    if (
      definition === undefined ||
      typeof name !== 'string' ||
      operation === 'get' ||
      operation === 'delete' ||
      read.has(name)
    )
      return [];
    const message = `No expression reads variables.${name.slice(0, 64)}, which ${shown(node.id)} sets. Use it, or take the node away.`;
    return [{ path: `${path}/data/config/variable_name`, node_id: node.id, severity: 'warning', message }];
  });
});
