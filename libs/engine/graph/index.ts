export { analyseScopes, type Scopes } from './scopes.js';
export { digestOf, graphDigest, graphText, namedUuid, uuidOf } from './digest.js';
export { fieldKinds } from './compiled-graph.js';
export { diffGraphs, diffValues, type ChangedPart, type FieldChange, type GraphDiff, type PartsDiff } from './diff.js';
export { readGraph, type GraphReading } from './read-graph.js';
export { type GraphNote } from './read-graph-shape.js';
export { complexityOf, type Complexity } from './complexity.js';
export { didYouMean } from './did-you-mean.js';
