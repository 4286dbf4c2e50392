/** Which prices a cost was counted with. A new table gets a new version; recorded costs keep theirs. */
export const PRICE_TABLE_VERSION = '2026-11.2';

/** List prices in US dollars for a million tokens. */
export interface ModelPrice {
  readonly prompt: number;
  readonly completion: number;
}

type Prices = Readonly<Record<string, ModelPrice>>;

/** By model name. A name with a date behind it (`gpt-4o-2024-08-06`) or `latest` is the same model; any other variant has a price of its own. */
const PRICES = {
  local: { 'extractive-1': { prompt: 0, completion: 0 } },
  openai: {
    'gpt-4.1': { prompt: 2, completion: 8 },
    'gpt-4.1-mini': { prompt: 0.4, completion: 1.6 },
    'gpt-4.1-nano': { prompt: 0.1, completion: 0.4 },
    'gpt-4o': { prompt: 2.5, completion: 10 },
    'gpt-4o-mini': { prompt: 0.15, completion: 0.6 },
    'gpt-5': { prompt: 1.25, completion: 10 },
    'gpt-5-mini': { prompt: 0.25, completion: 2 },
    'gpt-5-nano': { prompt: 0.05, completion: 0.4 },
    o3: { prompt: 2, completion: 8 },
    'o4-mini': { prompt: 1.1, completion: 4.4 },
  },
  anthropic: {
    'claude-opus-4-6': { prompt: 5, completion: 25 },
    'claude-sonnet-4-6': { prompt: 3, completion: 15 },
    'claude-opus-4-5': { prompt: 5, completion: 25 },
    'claude-sonnet-4-5': { prompt: 3, completion: 15 },
    'claude-haiku-4-5': { prompt: 1, completion: 5 },
    'claude-opus-4-1': { prompt: 15, completion: 75 },
  },
} as const satisfies Readonly<Record<string, Prices>>;

const ALL: Prices = { ...PRICES.local, ...PRICES.openai, ...PRICES.anthropic };

/** One dollar for a million tokens is this many nano-dollars for one. */
const NANO_PER_TOKEN = 1_000;

/** The price of a model, or null where the table has none. */
export function priceOf(model: string): ModelPrice | null {
  const name = model.replace(/-(?:\d{4}-\d{2}-\d{2}|\d{8}|latest)$/, '');
  return Object.hasOwn(ALL, name) ? (ALL[name] ?? null) : null;
}

/** The names under which a provider's models have a price. */
export const pricedModels = (provider: keyof typeof PRICES): readonly string[] => Object.keys(PRICES[provider]);

/** What a call cost in nano-USD: a whole number. A model without a price costs 0; `GET /models` shows that it has none. */
export function costNanoUsd(model: string, tokens: { readonly prompt: number; readonly completion: number }): number {
  const price = priceOf(model);
  if (price === null) return 0;
  return tokens.prompt * nano(price.prompt) + tokens.completion * nano(price.completion);
}

const nano = (dollars: number): number => Math.round(dollars * NANO_PER_TOKEN);
