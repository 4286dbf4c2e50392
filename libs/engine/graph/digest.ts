import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Graph } from './graph.js';

/** The canonical text of a graph: what is kept in the payload store, under its own SHA-256. */
export const graphText = (graph: Graph): string => canonicalize(graph)!;

/** `sha256:…` over the canonical text. */
export const graphDigest = (graph: Graph): string => `sha256:${hash('sha256', graphText(graph), 'hex')}`;
