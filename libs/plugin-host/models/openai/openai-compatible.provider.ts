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
    ...(url.hostname === OPENAI && { transformRequestBody: bodyForOpenAi }),
    fetch: egress.allowing([`${url.hostname}:${portOf(url)}`]).fetch,
  });
  return new ServedProvider({
    name: 'openai',
    models: url.hostname === OPENAI ? pricedModels('openai').map(listed) : [],
    modelNamed: (model) => server.chatModel(model),
    optionsFor: (schema) => ({ openaiCompatible: { strictJsonSchema: isStrict(schema) } }),
  });
}

/** Models that think first. They choose the temperature themselves. */
const THINKS = /^(?:o\d|gpt-5)/;

/**
 * OpenAI's own servers no longer speak the protocol that others have of them.
 *
 * 1. The bound of an answer has another name; newer models refuse the old one.
 * 2. Models that think refuse a temperature.
 */
function bodyForOpenAi({ max_tokens, temperature, ...body }: Record<string, unknown>): Record<string, unknown> {
  const thinks = THINKS.test(String(body['model']));
  return {
    ...body,
    ...(max_tokens !== undefined && { max_completion_tokens: max_tokens }), // rule 1
    ...(temperature !== undefined && !thinks && { temperature }), // rule 2
  };
}

const listed = (model: string): ModelProvider['models'][number] => ({
  model,
  description: 'A model of OpenAI.',
  features: { tools: true, structured_output: true, streaming: true },
});
