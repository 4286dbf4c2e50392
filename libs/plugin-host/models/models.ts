import {
  type JsonObject,
  type JsonValue,
  type ModelAnswer,
  type ModelClient,
  type ModelMessage,
  type ModelRequest,
  NodeFailure,
} from '#plugin-sdk';
import type { EgressClient } from '../http/index.js';
import type { CallBudget } from '../runner/step-invocation.js';
import { anthropic } from './anthropic/anthropic.provider.js';
import { estimateOf } from './estimate.js';
import { LocalProvider } from './local/local.provider.js';
import { openaiCompatible } from './openai/openai-compatible.provider.js';
import { costNanoUsd, PRICE_TABLE_VERSION, priceOf } from './price-table.js';
import type { CallOptions, ModelInfo, ModelProvider, ProviderRequest } from './provider.js';
import { structuredAnswer } from './structured-answer.js';

export interface ModelsOptions {
  /** `provider/model` for calls that name neither. */
  readonly default: string;
  /** A server that speaks the OpenAI protocol; its host is allowed by being named here. Null: there is none. */
  readonly openai: { readonly baseUrl: string; readonly apiKey: string | null } | null;
  /** Anthropic, or a server that speaks its protocol (`baseUrl`). Null or left out: there is none. */
  readonly anthropic?: { readonly apiKey: string; readonly baseUrl: string | null } | null;
  readonly egress: EgressClient;
}

/** For one step. */
export interface ClientScope {
  /** Ends its calls. */
  readonly signal: AbortSignal;
  /** What the execution said about models: `provider`, `model`, `temperature`, `max_tokens`, `system_message`. */
  readonly defaults: JsonObject;
  /** Asked before each call; what it throws is thrown, and the call is not made. */
  readonly budget: CallBudget;
}

interface Choice {
  readonly provider: string;
  readonly model: string;
}

/** A choice that leaves something open. */
interface Wish {
  readonly provider: string | null;
  readonly model: string | null;
}

/** All models that may be used, and clients to call them. */
export class Models {
  readonly priceTableVersion = PRICE_TABLE_VERSION;
  private readonly providers: ReadonlyMap<string, ModelProvider>;
  private readonly standard: Choice;

  /** Throws when the default names a provider or a model that there is not. */
  constructor({ default: standard, openai, anthropic: claude = null, egress }: ModelsOptions) {
    const all: ModelProvider[] = [new LocalProvider()];
    if (openai !== null) all.push(openaiCompatible({ ...openai, egress }));
    if (claude !== null) all.push(anthropic({ ...claude, egress }));
    this.providers = new Map(all.map((provider) => [provider.name, provider]));
    const slash = standard.indexOf('/');
    this.standard = { provider: standard.slice(0, Math.max(slash, 0)), model: standard.slice(slash + 1) };
    const problem = this.problemOf(this.standard);
    if (problem !== null) throw new Error(`MODEL_DEFAULT is "${standard}", and cannot be used: ${problem}`);
  }

  list(): ModelInfo[] {
    const { standard } = this;
    const listed = [...this.providers.values()].flatMap((provider) =>
      provider.models.map((model) => infoOf(provider.name, model, standard)),
    );
    return listed.some((model) => model.default) ? listed : [...listed, this.unlistedDefault()];
  }

  /** Who serves models here, by name. */
  providerNames(): string[] {
    return [...this.providers.keys()];
  }

  /** A client for one step. What a request leaves open, the execution's defaults fill, then the server's. */
  clientFor(scope: ClientScope): ModelClient {
    return { generate: (request, onText) => this.generate(request, scope, onText) };
  }

  private async generate(
    request: ModelRequest,
    { signal, defaults, budget }: ClientScope,
    onText?: (text: string) => void,
  ): Promise<ModelAnswer> {
    const chosen = this.choose(request, defaults);
    const provider = this.providers.get(chosen.provider);
    const problem = this.problemOf(chosen);
    if (provider === undefined || problem !== null) {
      throw new NodeFailure({ code: 'unknown_model', message: problem ?? 'There is no such model.' });
    }
    const used = { prompt: 0, completion: 0 };
    const ask = (options: CallOptions) => async (call: ProviderRequest) => {
      budget.reserve(estimateOf(call));
      const answer = await provider.generate(call, options);
      used.prompt += answer.promptTokens;
      used.completion += answer.completionTokens;
      return answer;
    };
    const listening = { signal, ...(request.stream && onText !== undefined ? { onText } : {}) };
    const call = providerRequest(request, chosen.model, defaults);
    try {
      const answer = await structuredAnswer(call, ask(listening), ask({ signal }));
      const tokens = { promptTokens: used.prompt, completionTokens: used.completion };
      const costs = { costNanoUsd: costNanoUsd(chosen.model, used), priceTable: PRICE_TABLE_VERSION };
      return { ...answer, ...tokens, ...chosen, ...costs };
    } catch (error) {
      throw withUsage(error, chosen, used);
    }
  }

  /**
   * Which model answers.
   *
   * 1. The request's words come before the execution's, and those before the server's.
   * 2. A model may carry its provider's name before it: `openai/gpt-4o`.
   * 3. A provider named alone: a model that another place names for that provider, else its first.
   * 4. A model named alone: of the provider that lists it, else of the next place that names a provider.
   */
  private choose(request: ModelRequest, defaults: JsonObject): Choice {
    const told = { provider: textIn(defaults['provider']), model: textIn(defaults['model']) };
    const places = [this.withProvider(request), this.withProvider(told), this.standard]; // rules 1 and 2
    const { provider, model } =
      places.find((place) => place.provider !== null || place.model !== null) ?? this.standard;
    if (provider !== null && model !== null) return { provider, model };
    if (provider !== null) {
      const named = places.find((place) => place.provider === provider && place.model !== null)?.model;
      return { provider, model: named ?? this.providers.get(provider)?.models[0]?.model ?? '' }; // rule 3
    }
    const lists = [...this.providers.values()].find((one) => one.models.some((listed) => listed.model === model));
    const next = places.find((place) => place.provider !== null)?.provider ?? this.standard.provider;
    return { provider: lists?.name ?? next, model: model ?? this.standard.model }; // rule 4
  }

  private withProvider({ provider, model }: Wish): Wish {
    if (provider !== null || model === null) return { provider, model };
    const slash = model.indexOf('/');
    const name = model.slice(0, Math.max(slash, 0));
    return this.providers.has(name) ? { provider: name, model: model.slice(slash + 1) } : { provider, model };
  }

  private problemOf({ provider: name, model }: Choice): string | null {
    const provider = this.providers.get(name);
    if (provider === undefined) {
      const known = [...this.providers.keys()].map((one) => `"${one}"`).join(', ');
      return `There is no provider "${name}"; there is ${known}.${WAYS_IN[name] ?? ''}`;
    }
    if (model === '') return `The provider "${name}" needs a model to be named.`;
    if (provider.servesOthers || provider.models.some((listed) => listed.model === model)) return null;
    const listed = provider.models.map((one) => `"${one.model}"`).join(', ');
    return `The provider "${name}" has no model "${model}"; it has ${listed}.`;
  }

  private unlistedDefault(): ModelInfo {
    const { provider, model } = this.standard;
    const features = { tools: true, structured_output: true, streaming: true };
    return infoOf(provider, { model, description: 'Served by the configured server.', features }, this.standard);
  }
}

/** How providers that need to be configured come to be there. */
const WAYS_IN: Readonly<Record<string, string>> = {
  openai: ' Set OPENAI_BASE_URL.',
  anthropic: ' Set ANTHROPIC_API_KEY.',
};

/** What was answered before it failed has its price all the same. */
function withUsage(
  error: unknown,
  { provider, model }: Choice,
  used: { readonly prompt: number; readonly completion: number },
): unknown {
  if (!(error instanceof NodeFailure) || used.prompt + used.completion === 0) return error;
  const usage = {
    prompt_tokens: used.prompt,
    completion_tokens: used.completion,
    cost_nano_usd: costNanoUsd(model, used),
    tool_calls: 0,
    model: `${provider}/${model}`,
  };
  const { code, message, retryable, uncertain, retryAfterMs, details } = error;
  return new NodeFailure({ code, message, retryable, uncertain, retryAfterMs, details, usage });
}

/** With all that the request leaves open filled in. */
const providerRequest = (request: ModelRequest, model: string, defaults: JsonObject): ProviderRequest => ({
  model,
  messages: withSystem(request.messages, textIn(defaults['system_message'])),
  temperature: request.temperature ?? numberIn(defaults['temperature']),
  maxTokens: request.maxTokens ?? numberIn(defaults['max_tokens']),
  responseSchema: request.responseSchema,
  ...(request.tools !== undefined && { tools: request.tools }),
});

function infoOf(provider: string, model: ModelProvider['models'][number], standard: Choice): ModelInfo {
  return {
    provider,
    ...model,
    default: standard.provider === provider && standard.model === model.model,
    prices: priceOf(model.model),
    price_table: PRICE_TABLE_VERSION,
  };
}

/** The execution's system message stands where the request has none of its own. */
const withSystem = (messages: readonly ModelMessage[], system: string | null): readonly ModelMessage[] =>
  system === null || messages.some(({ role }) => role === 'system')
    ? messages
    : [{ role: 'system', content: system }, ...messages];

const textIn = (value: JsonValue | undefined): string | null =>
  typeof value === 'string' && value !== '' ? value : null;

const numberIn = (value: JsonValue | undefined): number | null => (typeof value === 'number' ? value : null);
