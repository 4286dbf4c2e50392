import {
  BaseScopeNode,
  Field,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  type IterationEnd,
  Json,
  type JsonValue,
  Max,
  Min,
  type ScopeState,
  type ScopeStep,
  WorkflowNode,
} from '@chatter/plugin-sdk';

const DEFAULT_CONCURRENCY = 10;

export class MapConfig {
  @IsArray()
  @Json()
  @Field({ label: 'Items', help: 'A list: the body runs once for each.', placeholder: '{{ incoming.items }}' })
  items!: JsonValue[];

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(100)
  @Field({
    label: 'At once',
    help: 'How many items are at work at the same time.',
    default: DEFAULT_CONCURRENCY,
  })
  concurrency?: number;

  @IsOptional()
  @IsIn(['fail', 'skip', 'collect'])
  @Field({
    label: 'When an item fails',
    help: 'fail: the step fails, and what still runs for other items is cancelled; skip: it is left out; collect: the list says for each whether it went well.',
    default: 'fail',
  })
  on_error?: 'fail' | 'skip' | 'collect';
}

/**
 * Runs its body for each item, several at once; the list it gives is in the order of the items.
 *
 * 1. With `fail`, the first failure known ends it at once.
 * 2. As many run as `concurrency` allows; the rest wait their turn, in order.
 * 3. It settles when every item has ended.
 */
@WorkflowNode({
  type: 'map',
  version: 1,
  label: 'Map',
  description: 'Runs its body once for each item of a list, several at a time.',
  category: 'control',
  icon: 'list',
  kind: 'scope',
  effects: 'none',
  ports: ['item', 'done'],
  bodyPort: 'item',
  canBeDisabled: false,
  config: MapConfig,
})
export class MapNode extends BaseScopeNode<MapConfig> {
  next(config: MapConfig, { started, running, ended }: ScopeState): ScopeStep {
    const { items, concurrency = DEFAULT_CONCURRENCY, on_error: onError = 'fail' } = config;
    if (onError === 'fail') {
      const failed = ended.find((end) => !end.ok);
      if (failed && !failed.ok) return this.fail(failed.failure); // rule 1
    }
    const item = items[started];
    if (item !== undefined) return running < concurrency ? this.iterate(item) : this.stay(); // rule 2
    if (running > 0) return this.stay(); // rule 3
    return this.settle('done', onError === 'collect' ? ended.map(account) : values(ended));
  }
}

const values = (ended: readonly IterationEnd[]): JsonValue[] => ended.flatMap((end) => (end.ok ? [end.value] : []));

/** How one item went, as `collect` gives it. */
function account(end: IterationEnd): JsonValue {
  if (end.ok) return { index: end.index, ok: true, value: end.value };
  const { code, message } = end.failure;
  return { index: end.index, ok: false, error: { code, message } };
}
