import type { ModelAnswer, ModelRequest } from '#plugin-sdk';

/** A model as it may be chosen. */
export interface ModelInfo {
  readonly provider: string;
  readonly model: string;
  readonly description: string;
  readonly features: { readonly streaming: boolean; readonly structured_output: boolean; readonly tools: boolean };
  /** USD for a million tokens; null where the price table does not know it. */
  readonly prices: { readonly prompt: number; readonly completion: number } | null;
}

/** A request with everything decided: which model, and the execution's defaults in place. */
export interface ProviderRequest extends Omit<ModelRequest, 'provider' | 'model'> {
  readonly model: string;
}

export type ProviderAnswer = Omit<ModelAnswer, 'costNanoUsd' | 'priceTable' | 'provider' | 'model'>;

/** Something that answers prompts. Throws `NodeFailure`. */
export interface ModelProvider {
  readonly name: string;
  readonly models: readonly Omit<ModelInfo, 'provider' | 'prices'>[];
  /** Answers for models that it does not list, too. */
  readonly open: boolean;
  generate(request: ProviderRequest, signal: AbortSignal, onText?: (text: string) => void): Promise<ProviderAnswer>;
}
