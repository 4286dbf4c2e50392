import type { JsonObject, ModelMessage, ModelTool, ModelToolCall } from '#plugin-sdk';
import type { ModelPrice } from './price-table.js';

/** A request with all defaults filled in. */
export interface ProviderRequest {
  readonly model: string;
  readonly messages: readonly ModelMessage[];
  readonly temperature: number | null;
  readonly maxTokens: number | null;
  readonly responseSchema: JsonObject | null;
  readonly tools?: readonly ModelTool[];
}

export interface ProviderAnswer {
  readonly text: string;
  readonly toolCalls?: readonly ModelToolCall[];
  readonly finishReason: string;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

export interface CallOptions {
  /** Ends the call. */
  readonly signal: AbortSignal;
  /** Hears the answer as it comes. Absent: nobody listens, and the answer may come whole. */
  readonly onText?: (text: string) => void;
}

/** One model as it is listed. */
export interface ModelInfo {
  readonly provider: string;
  readonly model: string;
  readonly description: string;
  /** Whether calls that name no model go here. */
  readonly default: boolean;
  readonly features: { readonly tools: boolean; readonly structured_output: boolean; readonly streaming: boolean };
  /** US dollars for a million tokens; null where the price table has no price, and calls are counted as costing nothing. */
  readonly prices: ModelPrice | null;
  readonly price_table: string;
}

/** Who serves models. Failures are `NodeFailure`s; nothing is tried twice here. */
export interface ModelProvider {
  readonly name: string;
  readonly models: readonly Omit<ModelInfo, 'provider' | 'default' | 'prices' | 'price_table'>[];
  /** Whether it serves a model that it does not list. */
  readonly servesOthers: boolean;
  generate(request: ProviderRequest, options: CallOptions): Promise<ProviderAnswer>;
}
