import { rule } from '../rule.js';
import { runsOf } from './iterations.js';
import { within } from './within.js';

/** What its models may answer with at most, where they say so. */
export const estimatedTokens = rule('resource.estimated_tokens', (graph) => {
  const most = graph.limits.estimated_tokens;
  if (most === null) return [];
  const runs = runsOf(graph);
  const size = graph.nodes.reduce((sum, { node }) => {
    const tokens = node.data.config['max_tokens'];
    return sum + (typeof tokens === 'number' ? tokens * runs(node.id) : 0);
  }, 0);
  return within({
    what: 'tokens in answers',
    size,
    most,
    path: '/nodes',
    advice: 'Lower max_tokens, or run its loops less often.',
  });
});
