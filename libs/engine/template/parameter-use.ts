import type { Expression } from '../expression/index.js';
import { parseCondition, parseTemplate } from '../expression/index.js';
import { fieldKinds } from '../graph/compiled-graph.js';
import type { Graph, GraphNode, NodeTypes } from '../graph/graph.js';
import { paramsIn, placeOf } from './fill-text.js';
import { parameterFinding, unknownParameter, type ParameterFinding, type TemplateParameter } from './parameters.js';

/**
 * What is wrong with how a template's graph reads its parameters.
 *
 * 1. A parameter is read by a name that is written out, so that it can be filled in.
 * 2. It must be declared.
 * 3. One that nothing reads is a warning: it may be misspelt, or stand where no parameters are read.
 */
export function checkParameterUse(
  graph: Graph,
  parameters: readonly TemplateParameter[],
  types: NodeTypes,
): readonly ParameterFinding[] {
  const names = parameters.map(({ name }) => name);
  const read = new Set<string>();
  const wrong = (path: string, message: string, at: { node_id?: string; edge_id?: string }) =>
    parameterFinding('parameter_undeclared', path, message, at);
  const checked = (expression: Expression, path: string, at: { node_id?: string; edge_id?: string }) =>
    paramsIn(expression.source).flatMap((reference) => {
      const place = placeOf(expression.source, reference);
      if (place === null) return [wrong(path, 'A parameter is read by its name: write params.<name>.', at)];
      read.add(place.name);
      return names.includes(place.name) ? [] : [wrong(path, unknownParameter(place.name, names), at)];
    });
  const ofNodes = graph.nodes.flatMap((node, index) =>
    expressionsOf(node, types).flatMap(({ expression, pointer }) =>
      checked(expression, `/nodes/${index}/data/config${pointer}`, { node_id: node.id }),
    ),
  );
  const ofEdges = graph.edges.flatMap(({ id, data: { condition } }, index) => {
    const expression = condition ? readable(() => parseCondition(condition)) : null;
    return expression ? checked(expression, `/edges/${index}/data/condition`, { edge_id: id }) : [];
  });
  return [...ofNodes, ...ofEdges, ...unused(names, read)];
}

/** Rule 3. */
const unused = (names: readonly string[], read: ReadonlySet<string>): ParameterFinding[] =>
  names.flatMap((name, at) => {
    if (read.has(name)) return [];
    const message = `Nothing reads the parameter "${name}". Write params.${name} where it belongs (fields that take no expressions take no parameters), or leave it out.`;
    return [{ ...parameterFinding('parameter_unused', `/parameters/${at}`, message), severity: 'warning' as const }];
  });

function expressionsOf(node: GraphNode, types: NodeTypes) {
  const schema = types.find(node.type, node.type_version)?.descriptor.configSchema ?? {};
  return readable(() => parseTemplate(node.data.config, fieldKinds(schema)).expressions) ?? [];
}

/** Null where an expression does not parse: that is a finding of the validator's. */
function readable<T>(parse: () => T): T | null {
  try {
    return parse();
  } catch {
    return null;
  }
}
