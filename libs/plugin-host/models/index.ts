export { type ClientScope, Models, type ModelsOptions } from './models.js';
export type { ModelInfo } from './provider.js';
