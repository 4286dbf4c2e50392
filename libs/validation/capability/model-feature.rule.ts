import { rule } from '../rule.js';
import { shown } from '../issue.js';
import type { ModelFeatures } from '../server-facts.js';
import { asksModel, chosenModel } from './chosen-model.js';

/** Field → the feature that it needs of the model. */
const needs: Readonly<Record<string, { readonly feature: keyof ModelFeatures; readonly says: string }>> = {
  tools: { feature: 'tools', says: 'use tools' },
  response_schema: { feature: 'structured_output', says: 'answer by a schema' },
  images: { feature: 'images', says: 'see pictures' },
};

/** The model that is chosen can do what it is asked to do. */
export const modelFeature = rule('capability.model_feature', (graph) =>
  graph.nodes.flatMap((analysed) => {
    const model = asksModel(analysed) ? chosenModel(analysed, graph) : undefined;
    if (model === undefined) return [];
    const { config } = analysed.node.data;
    return Object.entries(needs).flatMap(([field, { feature, says }]) => {
      if (isEmpty(config[field]) || model.features[feature] !== false) return [];
      const message = `The model ${shown(`${model.provider}/${model.model}`)} cannot ${says}. Choose another, or leave ${field} out.`;
      return [{ path: `${analysed.path}/data/config/${field}`, node_id: analysed.node.id, message }];
    });
  }),
);

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0);
