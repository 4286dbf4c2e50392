import { rule } from '../rule.js';
import { runsOf } from './iterations.js';
import { within } from './within.js';

/** Steps of one execution: a node in two loops of ten is a hundred of them. */
export const estimatedSteps = rule('resource.estimated_steps', (graph) => {
  const runs = runsOf(graph);
  return within({
    what: 'steps, as far as the graph tells,',
    size: graph.nodes.reduce((sum, { node }) => sum + runs(node.id), 0),
    most: graph.limits.estimated_steps,
    path: '/nodes',
    advice: 'Lower max_iterations of the loops, or split the work over several executions.',
  });
});
