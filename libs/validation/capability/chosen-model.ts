import type { AnalysedGraph, AnalysedNode } from '../analysed-graph.js';
import type { ModelFact } from '../server-facts.js';

/** Whether a node asks a model: its config names one. */
export const asksModel = ({ definition }: AnalysedNode): boolean => {
  const properties = (definition?.descriptor.configSchema['properties'] ?? {}) as Readonly<Record<string, unknown>>;
  return 'provider' in properties && 'model' in properties;
};

/** The model that a node asks, as far as its config and the server tell; undefined where that is not known before it runs. */
export function chosenModel({ node }: AnalysedNode, { request }: AnalysedGraph): ModelFact | undefined {
  const models = request.facts?.models ?? [];
  const { provider, model } = node.data.config;
  if (isExpression(provider) || isExpression(model)) return undefined;
  if (model === undefined && provider === undefined) return models.find((each) => each.default);
  return models.find(
    (each) =>
      (model === each.model || model === `${each.provider}/${each.model}`) &&
      (provider === undefined || provider === each.provider),
  );
}

export const isExpression = (value: unknown): boolean => typeof value === 'string' && value.includes('{{');
