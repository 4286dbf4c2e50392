import { secretsNamed } from '#engine';
import type { AnalysedNode } from '../analysed-graph.js';

/** Whether a node's config names a secret where its type takes one. */
export const sendsSecret = ({ definition, node }: AnalysedNode): boolean =>
  definition !== undefined && secretsNamed(node.data.config, definition.descriptor.configSchema).length > 0;
