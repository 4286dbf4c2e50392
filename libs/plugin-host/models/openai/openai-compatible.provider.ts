import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { type EgressClient, portOf } from '../../http/index.js';
import { pricedModels } from '../price-table.js';
import type { ModelProvider } from '../provider.js';
import { ServedProvider } from '../served/served-provider.js';
import { isStrict } from './strict-schema.js';

export interface OpenaiCompatibleOptions {
  /** With its version, as in `http://127.0.0.1:11434/v1`. Its host is allowed, private or not. */
  readonly baseUrl: string;
  /** Sent as a bearer token; null for servers that want none. */
  readonly apiKey: string | null;
  readonly egress: EgressClient;
}

/** Whose models are known. What another server has, its operator knows. */
const OPENAI = 'api.openai.com';

/** Any server that speaks OpenAI's chat completions: OpenAI itself, Ollama, llama.cpp, vLLM, … */
export function openaiCompatible({ baseUrl, apiKey, egress }: OpenaiCompatibleOptions): ModelProvider {
  const url = new URL(baseUrl);
  const server = createOpenAICompatible({
    name: 'openai',
    baseURL: baseUrl,
    ...(apiKey === null ? {} : { apiKey }),
    includeUsage: true,
    supportsStructuredOutputs: true,
    fetch: egress.allowing([`${url.hostname}:${portOf(url)}`]).fetch,
  });
  return new ServedProvider({
    name: 'openai',
    models: url.hostname === OPENAI ? pricedModels('openai').map(listed) : [],
    modelNamed: (model) => server.chatModel(model),
    optionsFor: (schema) => ({ openaiCompatible: { strictJsonSchema: isStrict(schema) } }),
  });
}

const listed = (model: string): ModelProvider['models'][number] => ({
  model,
  description: 'A model of OpenAI.',
  features: { tools: true, structured_output: true, streaming: true },
});
