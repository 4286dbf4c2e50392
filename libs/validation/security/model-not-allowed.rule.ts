import { asksModel, chosenModel, isExpression } from '../capability/chosen-model.js';
import { shown } from '../issue.js';
import { rule } from '../rule.js';
import { coversModel } from './covers.js';

/** A model that there is, but that this request does not allow. One that an expression chooses is checked when it is asked. */
export const modelNotAllowed = rule('security.model_not_allowed', (graph) => {
  const { allowedModels } = graph.request;
  if (allowedModels === null) return [];
  return graph.nodes.filter(asksModel).flatMap((analysed) => {
    const { provider, model } = analysed.node.data.config;
    if (isExpression(provider) || isExpression(model)) return [];
    const chosen = chosenModel(analysed, graph) ?? { provider: String(provider ?? '*'), model: String(model ?? '*') };
    const name = `${chosen.provider}/${chosen.model}`;
    if (allowedModels.some((allowed) => coversModel(allowed, name))) return [];
    const message = `The model ${shown(name)} is not among those that you may use. Choose another, or ask for it.`;
    return [{ path: `${analysed.path}/data/config/model`, node_id: analysed.node.id, message }];
  });
});
