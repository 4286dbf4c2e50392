import { costNanoUsd } from './price-table.js';
import type { ProviderRequest } from './provider.js';

/** What an answer is taken to be where nothing says how long it may become, in tokens. */
export const ASSUMED_ANSWER_TOKENS = 1_024;

/** What one image is taken to be. Servers count by its size in pixels; most come to less. */
export const ASSUMED_IMAGE_TOKENS = 1_600;

export interface CallEstimate {
  readonly tokens: number;
  readonly costNanoUsd: number;
}

/**
 * What a call may use, before it is made: four characters of all that is sent make a token, rounded up, and the answer
 * is as long as it may be.
 */
export function estimateOf(request: ProviderRequest): CallEstimate {
  const { model, messages, maxTokens, responseSchema, tools = [] } = request;
  const images = messages.reduce(
    (sum, message) => sum + (message.role === 'user' ? (message.images?.length ?? 0) : 0),
    0,
  );
  const characters =
    messages.reduce((sum, message) => sum + lengthOf(message), 0) +
    [...tools, ...(responseSchema === null ? [] : [responseSchema])].reduce(
      (sum, part) => sum + JSON.stringify(part).length,
      0,
    );
  const prompt = Math.ceil(characters / 4) + images * ASSUMED_IMAGE_TOKENS;
  const completion = maxTokens ?? ASSUMED_ANSWER_TOKENS;
  return { tokens: prompt + completion, costNanoUsd: costNanoUsd(model, { prompt, completion }) };
}

const lengthOf = (message: ProviderRequest['messages'][number]): number =>
  message.content.length +
  (message.role === 'assistant' && message.toolCalls !== undefined ? JSON.stringify(message.toolCalls).length : 0);
