export { analyseScopes, type Scopes } from './scopes.js';
export { graphDigest, graphText } from './digest.js';
export { fieldKinds } from './compiled-graph.js';
