import type { JsonObject, JsonSchema, JsonValue } from '../json.js';

/** One word of a talk with a model. A `tool` message answers the call of that id. */
export type ModelMessage =
  | { readonly role: 'system'; readonly content: string }
  | { readonly role: 'user'; readonly content: string; readonly images?: readonly ModelImage[] }
  | { readonly role: 'assistant'; readonly content: string; readonly toolCalls?: readonly ModelToolCall[] }
  | { readonly role: 'tool'; readonly content: string; readonly toolCallId: string; readonly name: string };

/** `data` in base64. */
export interface ModelImage {
  readonly mime: string;
  readonly data: string;
}

/** A tool that the model may ask for. */
export interface ModelTool {
  readonly name: string;
  readonly description: string;
  readonly argumentsSchema: JsonSchema;
}

/** What the model asks for. It is data: whether there is such a tool, and whether it may be called, is checked elsewhere. */
export interface ModelToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: JsonObject;
}

export interface ModelRequest {
  /** Null: the server's default. */
  readonly provider: string | null;
  readonly model: string | null;
  readonly messages: readonly ModelMessage[];
  readonly temperature: number | null;
  readonly maxTokens: number | null;
  readonly responseSchema: JsonObject | null;
  readonly tools?: readonly ModelTool[];
  readonly stream: boolean;
}

export interface ModelAnswer {
  readonly text: string;
  /** Present when a `responseSchema` was asked for. */
  readonly data?: JsonValue;
  readonly toolCalls?: readonly ModelToolCall[];
  readonly finishReason: string;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly costNanoUsd: number;
  readonly priceTable: string;
  readonly provider: string;
  readonly model: string;
}

/** Calls a language model. Throws `NodeFailure`. `onText` hears the answer as it comes, when `stream` is set. */
export interface ModelClient {
  generate(request: ModelRequest, onText?: (text: string) => void): Promise<ModelAnswer>;
}
