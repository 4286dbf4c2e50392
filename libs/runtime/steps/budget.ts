import type { CallBudget } from '#plugin-host';
import { NodeFailure } from '#plugin-sdk';
import type { ExecutionContext, RunningStep } from '../execution-context.js';

/**
 * What an execution's limits leave for one more call: less what its steps have used, and what those that run now have
 * set aside. A call that would go beyond is not made.
 */
export class Budget implements CallBudget {
  constructor(
    private readonly context: ExecutionContext,
    private readonly attempt: RunningStep,
  ) {}

  reserve({ tokens, costNanoUsd }: { readonly tokens: number; readonly costNanoUsd: number }): void {
    const { limits } = this.context.state.accepted!;
    const { totals } = this.context.state;
    let usedTokens = totals.prompt_tokens + totals.completion_tokens;
    let usedCost = totals.cost_nano_usd;
    for (const { reserved } of this.context.running.values()) {
      usedTokens += reserved.tokens;
      usedCost += reserved.costNanoUsd;
    }
    if (limits.max_total_tokens !== null && usedTokens + tokens > limits.max_total_tokens)
      throw beyond('max_total_tokens', limits.max_total_tokens, usedTokens, tokens, 'tokens');
    if (limits.max_cost !== null && usedCost + costNanoUsd > limits.max_cost * 1e9)
      throw beyond('max_cost', limits.max_cost, usedCost / 1e9, costNanoUsd / 1e9, 'USD');
    this.attempt.reserved = {
      tokens: this.attempt.reserved.tokens + tokens,
      costNanoUsd: this.attempt.reserved.costNanoUsd + costNanoUsd,
    };
  }
}

const beyond = (code: string, limit: number, used: number, wanted: number, unit: string): NodeFailure =>
  new NodeFailure({
    code,
    message: `This call would take up to ${wanted} ${unit}, but of the limit ${code} of ${limit} ${used} are used or set aside. It was not made.`,
  });
