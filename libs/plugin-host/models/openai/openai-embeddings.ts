import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { embedMany } from 'ai';
import { type EgressClient, portOf } from '../../http/index.js';

/** Texts as directions in space: what means alike lies close together. */
export interface EmbeddingModel {
  /** `provider/model`: vectors of one are not compared with those of another. */
  readonly name: string;
  /** One vector of length 1 for each text, in order. Rejects when the provider does not answer, after `maxRetries`. */
  embed(
    texts: readonly string[],
    options: { readonly signal: AbortSignal; readonly maxRetries: number },
  ): Promise<readonly Float32Array[]>;
}

export interface EmbeddingOptions {
  /** As of the models. */
  readonly baseUrl: string;
  readonly apiKey: string | null;
  /** Without its provider. */
  readonly model: string;
  readonly egress: EgressClient;
}

/** `POST {baseUrl}/embeddings`, as OpenAI, Ollama, llama.cpp and vLLM have it. What a 429 or 503 says of when to come again is heeded. */
export function openaiEmbeddings({ baseUrl, apiKey, model, egress }: EmbeddingOptions): EmbeddingModel {
  const url = new URL(baseUrl);
  const server = createOpenAICompatible({
    name: 'openai',
    baseURL: baseUrl,
    ...(apiKey === null ? {} : { apiKey }),
    fetch: egress.allowing([`${url.hostname}:${portOf(url)}`]).fetch,
  });
  return {
    name: `openai/${model}`,
    async embed(texts, { signal, maxRetries }) {
      const { embeddings } = await embedMany({
        model: server.embeddingModel(model),
        values: [...texts],
        abortSignal: signal,
        maxRetries,
        maxParallelCalls: 2,
      });
      if (embeddings.length !== texts.length)
        throw new Error('The provider gave another number of vectors than of texts.');
      if (embeddings.some(({ length }) => length !== embeddings[0]!.length))
        throw new Error('The provider gave vectors of different lengths.');
      return embeddings.map(ofLengthOne);
    },
  };
}

/** Throws where it is no direction: then it cannot be compared. */
function ofLengthOne(values: readonly number[]): Float32Array {
  const length = Math.hypot(...values);
  if (!Number.isFinite(length) || length === 0) throw new Error('The provider gave something that is no vector.');
  return Float32Array.from(values, (value) => value / length);
}
