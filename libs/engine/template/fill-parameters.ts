import type { JsonObject, JsonValue } from '#plugin-sdk';
import { fieldKinds } from '../graph/compiled-graph.js';
import type { Graph, GraphEdge, GraphNode, NodeTypes } from '../graph/graph.js';
import { fillCondition, fillText, leftOut, type Filling, type FillingOf } from './fill-text.js';
import {
  parameterFinding,
  readParams,
  type ParameterFinding,
  type ParameterValues,
  type TemplateParameter,
} from './parameters.js';

/** Characters that the parameters of one graph may come to, all places together. */
export const MAX_FILLED_LENGTH = 4 * 1024 * 1024;

export interface FilledGraph {
  readonly graph: Graph;
  readonly findings: readonly ParameterFinding[];
}

/**
 * A template's graph with its parameters filled in, in the configs of its nodes and the conditions of its edges.
 *
 * 1. Only strings change: nodes, edges, ports, types and the members of configs stay, but for a member whose whole
 *    value is a parameter that is missing, which is left out.
 * 2. A value is data wherever it comes to stand: it never becomes an expression, a reference or a part of one.
 * 3. A secret parameter becomes a reference to the secret; its value is never here.
 * 4. Literal fields are left as they are.
 * 5. Where something is wrong with what is given, the graph is the template's, with findings.
 */
export function fillParameters(
  graph: Graph,
  parameters: readonly TemplateParameter[],
  params: JsonObject,
  types: NodeTypes,
): FilledGraph {
  const { values, findings } = readParams(parameters, params);
  if (findings.length > 0) return { graph, findings }; // rule 5
  const length = { left: MAX_FILLED_LENGTH };
  const filled = filledWith(graph, types, counted(fillings(parameters, values, { is: 'missing' }), values, length));
  return length.left >= 0 ? { graph: filled, findings: [] } : { graph, findings: [tooLarge()] };
}

/** With defaults only, so that the graph can be checked: what has none stays an expression. */
export function fillDefaults(graph: Graph, parameters: readonly TemplateParameter[], types: NodeTypes): Graph {
  const given = parameters.flatMap(({ name, secret, default: value }): [string, JsonValue][] =>
    value === null ? (secret ? [[name, name]] : []) : [[name, value]],
  );
  const values: ParameterValues = new Map(given);
  return filledWith(graph, types, fillings(parameters, values, { is: 'kept' }));
}

const tooLarge = (): ParameterFinding =>
  parameterFinding(
    'parameter_too_large',
    '/params',
    `The parameters come to more than ${MAX_FILLED_LENGTH} characters in all the places where they stand. Give what is large as input_data.`,
  );

const fillings =
  (parameters: readonly TemplateParameter[], values: ParameterValues, otherwise: Filling): FillingOf =>
  (name) => {
    const parameter = parameters.find((each) => each.name === name);
    if (parameter === undefined) return null;
    const value = values.get(name);
    if (value === undefined) return otherwise;
    return parameter.secret ? { is: 'secret', name: value as string } : { is: 'value', value }; // rule 3
  };

/** Over the length, nothing more is filled in. */
function counted(of: FillingOf, values: ParameterValues, length: { left: number }): FillingOf {
  const lengths = new Map([...values].map(([name, value]) => [name, JSON.stringify(value).length]));
  return (name) => {
    const filling = of(name);
    length.left -= filling?.is === 'value' ? (lengths.get(name) ?? 0) : 0;
    return length.left < 0 ? { is: 'kept' } : filling;
  };
}

const filledWith = (graph: Graph, types: NodeTypes, fillingOf: FillingOf): Graph => ({
  nodes: graph.nodes.map((node) => filledNode(node, types, fillingOf)),
  edges: graph.edges.map((edge) => filledEdge(edge, fillingOf)),
});

function filledNode(node: GraphNode, types: NodeTypes, fillingOf: FillingOf): GraphNode {
  const schema = types.find(node.type, node.type_version)?.descriptor.configSchema ?? {};
  const { literal, condition } = fieldKinds(schema);
  const filled = (value: JsonValue, pointer: string): JsonValue | typeof leftOut => {
    if (literal(pointer)) return value; // rule 4
    if (typeof value === 'string')
      return condition(pointer) ? fillCondition(value, fillingOf) : fillText(value, fillingOf);
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value))
      return value.map((item, at) => {
        const made = filled(item as JsonValue, `${pointer}/${at}`);
        return made === leftOut ? null : made;
      });
    return Object.fromEntries(
      Object.entries(value as JsonObject).flatMap(([key, member]) => {
        const made = filled(member, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
        return made === leftOut ? [] : [[key, made]];
      }),
    );
  };
  return { ...node, data: { ...node.data, config: filled(node.data.config, '') as JsonObject } };
}

function filledEdge(edge: GraphEdge, fillingOf: FillingOf): GraphEdge {
  const { condition } = edge.data;
  if (typeof condition !== 'string') return edge;
  return { ...edge, data: { ...edge.data, condition: fillCondition(condition, fillingOf) } };
}
