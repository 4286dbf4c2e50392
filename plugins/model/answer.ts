import type { AttemptUsage, JsonObject, ModelAnswer } from '@chatter/plugin-sdk';

const NANO = 1_000_000_000;

/** What a model node gives on. */
export interface ModelOutput extends JsonObject {
  readonly text: string;
  readonly tool_calls: readonly JsonObject[];
  readonly finish_reason: string;
  readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number };
  /** USD. */
  readonly cost: number;
  readonly provider: string;
  readonly model: string;
}

export function outputOf(answer: ModelAnswer): ModelOutput {
  return {
    text: answer.text,
    ...(answer.data !== undefined && { data: answer.data }),
    tool_calls: (answer.toolCalls ?? []).map(({ id, name, arguments: given }) => ({ id, name, arguments: given })),
    finish_reason: answer.finishReason,
    usage: { prompt_tokens: answer.promptTokens, completion_tokens: answer.completionTokens },
    cost: answer.costNanoUsd / NANO,
    provider: answer.provider,
    model: answer.model,
  };
}

export const usageOf = (answer: ModelAnswer): AttemptUsage => ({
  prompt_tokens: answer.promptTokens,
  completion_tokens: answer.completionTokens,
  cost_nano_usd: answer.costNanoUsd,
  tool_calls: 0,
  model: `${answer.provider}/${answer.model}`,
});

/** What several turns used together; money is summed in whole nano-dollars. */
export function usedBy(turns: readonly ModelOutput[]): Pick<ModelOutput, 'usage' | 'cost'> {
  const sum = (part: (turn: ModelOutput) => number): number => turns.reduce((total, turn) => total + part(turn), 0);
  return {
    usage: {
      prompt_tokens: sum(({ usage }) => usage.prompt_tokens),
      completion_tokens: sum(({ usage }) => usage.completion_tokens),
    },
    cost: sum(({ cost }) => Math.round(cost * NANO)) / NANO,
  };
}
