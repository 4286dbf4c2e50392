import { shown } from '../issue.js';
import { rule } from '../rule.js';
import { asksModel, chosenModel } from './chosen-model.js';

/** Streaming where nothing streams. */
export const nothingStreams = rule('capability.nothing_streams', (graph) =>
  graph.nodes.flatMap((analysed) => {
    const model = asksModel(analysed) ? chosenModel(analysed, graph) : undefined;
    if (analysed.node.data.config['stream'] !== true || model === undefined || model.features.streaming) return [];
    const message = `The model ${shown(`${model.provider}/${model.model}`)} does not stream. Leave stream out, or choose another.`;
    return [{ path: `${analysed.path}/data/config/stream`, node_id: analysed.node.id, message }];
  }),
);
