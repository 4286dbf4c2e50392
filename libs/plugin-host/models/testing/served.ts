import type { ModelRequest } from '#plugin-sdk';
import { startAnthropicServer } from '../../../../test/support/anthropic-server.js';
import type { ModelServer } from '../../../../test/support/model-server.js';
import { startOpenAiServer } from '../../../../test/support/openai-server.js';
import { EgressClient } from '../../http/index.js';
import { Models } from '../index.js';

export const egress = new EgressClient({ allow: [] });
export const { signal } = new AbortController();
export const budget = { reserve: () => undefined };

export interface Protocol {
  readonly name: 'openai' | 'anthropic';
  readonly model: string;
  readonly start: () => Promise<ModelServer>;
  /** What a prompt's and a completion's token cost, in nano-USD. */
  readonly prices: readonly [number, number];
  /** Where the key stands. */
  readonly key: object;
}

export const openAi: Protocol = {
  name: 'openai',
  model: 'gpt-4o-mini',
  start: startOpenAiServer,
  prices: [150, 600],
  key: { authorization: 'Bearer key' },
};

export const anthropic: Protocol = {
  name: 'anthropic',
  model: 'claude-haiku-4-5',
  start: startAnthropicServer,
  prices: [1_000, 5_000],
  key: { 'x-api-key': 'key' },
};

export const modelsAt = ({ name, model }: Protocol, baseUrl: string, through = egress): Models =>
  new Models({
    default: `${name}/${model}`,
    openai: name === 'openai' ? { baseUrl, apiKey: 'key' } : null,
    anthropic: name === 'anthropic' ? { baseUrl, apiKey: 'key' } : null,
    egress: through,
  });

export interface Listening {
  readonly onText?: (text: string) => void;
  readonly ended?: AbortSignal;
}

export const request: ModelRequest = {
  provider: null,
  model: null,
  messages: [{ role: 'user', content: 'Hi' }],
  temperature: null,
  maxTokens: null,
  responseSchema: null,
  stream: true,
};

export const askOf = (models: Models, more: Partial<ModelRequest>, { onText, ended = signal }: Listening = {}) =>
  models.clientFor({ signal: ended, defaults: {}, budget }).generate({ ...request, ...more }, onText);

export const ignore = (): void => undefined;
