import { NodeFailure, type JsonObject, type ModelClient, type ModelMessage, type ModelRequest } from '#plugin-sdk';
import type { EgressClient } from '../http/egress-client.js';
import { localProvider } from './local-provider.js';
import { openAiProvider } from './openai-provider.js';
import { costOf, priceOf, priceTableVersion } from './price-table.js';
import type { ModelInfo, ModelProvider } from './provider.js';

export interface ModelsOptions {
  /** `provider/model`, used where neither a node nor its execution names one. */
  readonly default: string;
  /** A server that speaks the OpenAI protocol; null: none. */
  readonly openai: { readonly baseUrl: string; readonly apiKey: string | null } | null;
  readonly egress: EgressClient;
}

/** Every model that nodes may ask, by provider. */
export class Models {
  readonly priceTableVersion = priceTableVersion;
  private readonly providers: ReadonlyMap<string, ModelProvider>;
  private readonly byDefault: { readonly provider: string; readonly model: string };

  /** Throws where the default names a provider that is not there. */
  constructor({ default: byDefault, openai, egress }: ModelsOptions) {
    const all = [localProvider, ...(openai === null ? [] : [openAiProvider({ ...openai, egress })])];
    this.providers = new Map(all.map((provider) => [provider.name, provider]));
    const [provider = '', ...model] = byDefault.split('/');
    this.byDefault = { provider, model: model.join('/') };
    if (!this.providers.has(provider)) {
      throw new Error(`MODEL_DEFAULT is "${byDefault}", and there is no provider "${provider}". Known are: ${[...this.providers.keys()].join(', ')}.`);
    }
  }

  list(): readonly ModelInfo[] {
    return [...this.providers.values()].flatMap(({ name, models }) =>
      models.map((each) => ({ provider: name, ...each, prices: pricesOf(name, each.model) })),
    );
  }

  /** For one step: bound to its signal; the execution's defaults stand in where the node says nothing. */
  clientFor({ signal, defaults }: { readonly signal: AbortSignal; readonly defaults: JsonObject }): ModelClient {
    return { generate: (request, onText) => this.generate(withDefaults(request, defaults), signal, onText) };
  }

  private async generate(request: ModelRequest, signal: AbortSignal, onText?: (text: string) => void) {
    const { provider: name, model } = this.chosen(request);
    const provider = this.providers.get(name);
    if (!provider) throw new NodeFailure({ code: 'unknown_provider', message: `There is no model provider "${name}". Known are: ${[...this.providers.keys()].join(', ')}.` });
    if (!provider.open && !provider.models.some((each) => each.model === model)) {
      throw new NodeFailure({ code: 'unknown_model', message: `"${name}" has no model "${model}". It has: ${provider.models.map((each) => each.model).join(', ')}.` });
    }
    const answer = await provider.generate({ ...request, model }, signal, onText);
    const costNanoUsd = costOf(name, model, answer.promptTokens, answer.completionTokens);
    return { ...answer, costNanoUsd, priceTable: priceTableVersion, provider: name, model };
  }

  /** `model` may name its provider itself (`openai/gpt-4o`). */
  private chosen({ provider, model }: ModelRequest): { readonly provider: string; readonly model: string } {
    if (provider !== null) return { provider, model: model ?? (provider === this.byDefault.provider ? this.byDefault.model : '') };
    if (model === null) return this.byDefault;
    const [first = '', ...rest] = model.split('/');
    return rest.length > 0 && this.providers.has(first) ? { provider: first, model: rest.join('/') } : { provider: this.byDefault.provider, model };
  }
}

function withDefaults(request: ModelRequest, defaults: JsonObject): ModelRequest {
  const system = defaults['system_message'];
  const lacksSystem = typeof system === 'string' && !request.messages.some(({ role }) => role === 'system');
  const messages: readonly ModelMessage[] = lacksSystem ? [{ role: 'system', content: system }, ...request.messages] : request.messages;
  return {
    ...request,
    messages,
    provider: request.provider ?? asText(defaults['provider']),
    model: request.model ?? (request.provider === null ? asText(defaults['model']) : null),
    temperature: request.temperature ?? asNumber(defaults['temperature']),
    maxTokens: request.maxTokens ?? asNumber(defaults['max_tokens']),
  };
}

const asText = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const asNumber = (value: unknown): number | null => (typeof value === 'number' ? value : null);

function pricesOf(provider: string, model: string): ModelInfo['prices'] {
  const price = priceOf(provider, model);
  return price && { prompt: price.prompt / 1_000, completion: price.completion / 1_000 };
}
