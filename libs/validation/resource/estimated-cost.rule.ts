import { asksModel, chosenModel } from '../capability/chosen-model.js';
import { rule } from '../rule.js';
import { runsOf } from './iterations.js';
import { within } from './within.js';

/** What the answers of its models may cost at most, in USD, where they say how long they may be. */
export const estimatedCost = rule('resource.estimated_cost', (graph) => {
  const most = graph.limits.estimated_cost;
  if (most === null) return [];
  const runs = runsOf(graph);
  const size = graph.nodes.reduce((sum, analysed) => {
    const { max_tokens: tokens } = analysed.node.data.config;
    const price = asksModel(analysed) ? (chosenModel(analysed, graph)?.answer_price ?? 0) : 0;
    return typeof tokens === 'number' ? sum + (tokens / 1e6) * price * runs(analysed.node.id) : sum;
  }, 0);
  return within({
    what: 'USD for answers',
    size: Math.round(size * 1e4) / 1e4,
    most,
    path: '/nodes',
    advice: 'Lower max_tokens, choose a cheaper model, or run its loops less often.',
  });
});
