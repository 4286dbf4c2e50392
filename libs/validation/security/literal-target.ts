import { effectsOf } from '#plugin-sdk';
import type { AnalysedNode } from '../analysed-graph.js';

/** Where a node that reaches outside goes, as far as it stands there literally. */
export function literalTarget({
  node,
  definition,
}: AnalysedNode): { readonly host: string; readonly port: string } | null {
  const { url } = node.data.config;
  if (typeof url !== 'string' || !definition || effectsOf(definition.descriptor, node.data.config) === 'none')
    return null;
  const origin = /^\s*https?:\/\/[^/?#{}\s]+(?=[/?#]|\s*$)/i.exec(url)?.[0];
  if (origin === undefined || !URL.canParse(origin)) return null;
  const { hostname, port, protocol } = new URL(origin);
  return { host: hostname, port: port || (protocol === 'https:' ? '443' : '80') };
}
