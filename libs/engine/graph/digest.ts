import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { JsonValue } from '#plugin-sdk';
import type { Graph } from './graph.js';

/** The canonical text of a graph: what is kept in the payload store, under its own SHA-256. */
export const graphText = (graph: Graph): string => canonicalize(graph)!;

/** `sha256:…` over the canonical text. */
export const graphDigest = (graph: Graph): string => `sha256:${hash('sha256', graphText(graph), 'hex')}`;

/** `sha256:…` over the canonical form of any value. */
export const digestOf = (value: JsonValue): string => `sha256:${hash('sha256', canonicalize(value)!, 'hex')}`;

/** A UUID (version 8) that is the same for the same parts, wherever it is made. */
export const namedUuid = (...parts: readonly string[]): string => uuidOf(hash('sha256', JSON.stringify(parts), 'hex'));

/** The beginning of a digest (hex) as a UUID, version 8. */
export function uuidOf(hex: string): string {
  const variant = ((parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
