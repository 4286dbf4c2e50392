import {
  BaseScopeNode,
  Condition,
  type ConfigFinding,
  Field,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  Json,
  type JsonValue,
  Max,
  Min,
  type ResolvedConfig,
  type ScopeState,
  type ScopeStep,
  WorkflowNode,
} from '@chatter/plugin-sdk';

const DEFAULT_ITERATIONS = 10;
const MOST_ITERATIONS = 10_000;

export class LoopConfig {
  @IsOptional()
  @IsBoolean()
  @Condition()
  @Field({ label: 'While', help: 'Goes on as long as this holds. Asked before each iteration.' })
  while?: boolean;

  @IsOptional()
  @IsBoolean()
  @Condition()
  @Field({ label: 'Until', help: 'Ends as soon as this holds. Asked before each iteration, the first included.' })
  until?: boolean;

  @IsOptional()
  @IsArray()
  @Json()
  @Field({ label: 'Items', help: 'A list: one iteration for each, in order.', placeholder: '{{ incoming.items }}' })
  items?: JsonValue[];

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MOST_ITERATIONS)
  @Field({
    label: 'Most iterations',
    help: `How often at most. Left out: ${DEFAULT_ITERATIONS}; with items, as many as there are.`,
  })
  max_iterations?: number;

  @IsOptional()
  @IsIn(['exit', 'fail'])
  @Field({
    label: 'At the limit',
    help: 'exit: go on at "exit"; fail: the step fails with loop_limit.',
    default: 'exit',
  })
  on_limit?: 'exit' | 'fail';
}

type EndedBy = 'count' | 'condition' | 'items' | 'limit';

/**
 * Runs its body one iteration after the other.
 *
 * 1. More items than an explicit limit allows: failed before the first.
 * 2. While an iteration runs, nothing else starts.
 * 3. An iteration that failed fails the loop.
 * 4. `while` and `until` are asked before each iteration, the first included; they outrank the limit.
 * 5. Without condition and items the limit is the wish: the loop ends by `count`.
 */
@WorkflowNode({
  type: 'loop',
  version: 1,
  label: 'Loop',
  description: 'Runs its body again and again: a number of times, as long as a condition holds, or for each item.',
  category: 'control',
  icon: 'repeat',
  kind: 'scope',
  effects: 'none',
  ports: ['continue', 'exit'],
  bodyPort: 'continue',
  canBeDisabled: false,
  aliases: { config: { condition: 'while' } },
  config: LoopConfig,
})
export class LoopNode extends BaseScopeNode<LoopConfig> {
  next(config: LoopConfig, state: ScopeState): ScopeStep {
    const { items, max_iterations: limit } = config;
    if (items && limit !== undefined && items.length > limit) {
      return this.overLimit(`${items.length} items, but max_iterations is ${limit}. Raise it, or loop over fewer.`); // rule 1
    }
    if (state.running > 0) return this.stay(); // rule 2

    const last = state.ended.at(-1);
    if (last && !last.ok) return this.fail(last.failure); // rule 3

    if (config.while === false || config.until === true) return this.exit(state, 'condition'); // rule 4
    if (items) {
      const item = items[state.started];
      return item === undefined ? this.exit(state, 'items') : this.iterate(item);
    }
    if (state.started < (limit ?? DEFAULT_ITERATIONS)) return this.iterate(null);
    return this.atLimit(config, state);
  }

  validate(config: ResolvedConfig): ConfigFinding[] {
    const [first, ...others] = ['while', 'until', 'items'].filter((key) => config[key] !== undefined);
    return others.map((key) => ({
      path: `/${key}`,
      message: `A loop goes by one thing: ${key} stands beside ${first}. Leave one of them out.`,
    }));
  }

  private atLimit(config: LoopConfig, state: ScopeState): ScopeStep {
    const counted = config.while === undefined && config.until === undefined;
    if (counted) return this.exit(state, 'count'); // rule 5
    if (config.on_limit !== 'fail') return this.exit(state, 'limit');
    return this.overLimit(
      `The condition still asks for more after ${state.started} iterations. Raise max_iterations, or mend the condition.`,
    );
  }

  private exit(state: ScopeState, endedBy: EndedBy): ScopeStep {
    const last = state.ended.at(-1);
    return this.settle('exit', {
      iterations: state.ended.length,
      last: last?.ok ? last.value : null,
      ended_by: endedBy,
    });
  }

  private overLimit(message: string): ScopeStep {
    return this.fail({ code: 'loop_limit', message, retryable: false });
  }
}
