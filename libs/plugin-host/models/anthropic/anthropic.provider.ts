import { createAnthropic } from '@ai-sdk/anthropic';
import { type EgressClient, portOf } from '../../http/index.js';
import { pricedModels } from '../price-table.js';
import type { ModelProvider } from '../provider.js';
import { ServedProvider } from '../served/served-provider.js';

export interface AnthropicOptions {
  readonly apiKey: string;
  /** Null: Anthropic itself. With or without `/v1` behind it. Its host is allowed, private or not. */
  readonly baseUrl: string | null;
  readonly egress: EgressClient;
}

const ANTHROPIC = 'https://api.anthropic.com/v1';

/** The models of Anthropic, by its messages protocol. */
export function anthropic({ apiKey, baseUrl, egress }: AnthropicOptions): ModelProvider {
  const url = new URL(baseUrl ?? ANTHROPIC);
  if (url.pathname === '/') url.pathname = '/v1';
  const server = createAnthropic({
    apiKey,
    baseURL: url.href,
    fetch: egress.allowing([`${url.hostname}:${portOf(url)}`]).fetch,
  });
  return new ServedProvider({
    name: 'anthropic',
    models: pricedModels('anthropic').map(listed),
    modelNamed: (model) => server(model),
    userFirst: true,
  });
}

const listed = (model: string): ModelProvider['models'][number] => ({
  model,
  description: 'A model of Anthropic.',
  features: { tools: true, structured_output: true, streaming: true },
});
