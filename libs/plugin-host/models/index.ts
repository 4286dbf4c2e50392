export { type ClientScope, Models, type ModelsOptions } from './models.js';
export type { ModelInfo } from './provider.js';
export { type EmbeddingModel, type EmbeddingOptions, openaiEmbeddings } from './openai/openai-embeddings.js';
