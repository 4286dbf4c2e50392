export { Models, type ModelsOptions } from './models.js';
export type { ModelInfo, ModelProvider } from './provider.js';
export { costOf, priceOf, priceTableVersion } from './price-table.js';
