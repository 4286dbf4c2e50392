/** Prices in nano-USD for each token: what a million tokens cost in thousandths of a dollar. */
export interface Price {
  readonly prompt: number;
  readonly completion: number;
}

/** Names the table in every result, so that a cost can be understood years later. A changed price is a new table. */
export const priceTableVersion = '2026-11';

/** USD for a million tokens, by the model's name or the beginning of it; the longest that fits counts. */
const usdPerMillion: Readonly<Record<string, readonly [prompt: number, completion: number]>> = {
  'local/': [0, 0],
  'openai/gpt-4o-mini': [0.15, 0.6],
  'openai/gpt-4o': [2.5, 10],
  'openai/gpt-4.1-nano': [0.1, 0.4],
  'openai/gpt-4.1-mini': [0.4, 1.6],
  'openai/gpt-4.1': [2, 8],
};

/** Null: the table does not know the model, and its cost counts as nothing. */
export function priceOf(provider: string, model: string): Price | null {
  const name = `${provider}/${model}`;
  const known = Object.keys(usdPerMillion).filter((prefix) => name.startsWith(prefix));
  const longest = known.sort((left, right) => right.length - left.length)[0];
  if (longest === undefined) return null;
  const [prompt, completion] = usdPerMillion[longest]!;
  return { prompt: Math.round(prompt * 1_000), completion: Math.round(completion * 1_000) };
}

/** Whole nano-USD, so that sums are exact. */
export function costOf(provider: string, model: string, promptTokens: number, completionTokens: number): number {
  const price = priceOf(provider, model);
  return price ? promptTokens * price.prompt + completionTokens * price.completion : 0;
}
