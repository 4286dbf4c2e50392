import { didYouMean } from '#engine';
import { shown } from '../issue.js';
import { rule } from '../rule.js';
import { asksModel, isExpression } from './chosen-model.js';

/** A provider of models that this server has none of. */
export const unknownProvider = rule('capability.unknown_provider', ({ nodes, request: { facts } }) => {
  const known = new Set(facts?.providers);
  return nodes.flatMap((analysed) => {
    const { provider } = analysed.node.data.config;
    if (facts === null || !asksModel(analysed) || typeof provider !== 'string') return [];
    if (isExpression(provider) || known.has(provider)) return [];
    const message = `This server has no provider ${shown(provider)}.${didYouMean(provider, known)} Choose one of GET /api/v1/workflows/models, or leave provider out.`;
    return [{ path: `${analysed.path}/data/config/provider`, node_id: analysed.node.id, message }];
  });
});
