import {
  type Arrival,
  BaseJoinNode,
  type ConfigFinding,
  Field,
  IsIn,
  IsInt,
  IsOptional,
  type JsonValue,
  Literal,
  Min,
  type ResolvedConfig,
  WorkflowNode,
} from '@chatter/plugin-sdk';

const JOINS = ['all', 'any', 'n'] as const;
const MODES = ['object', 'list', 'first'] as const;

export class MergeConfig {
  @IsOptional()
  @IsIn(JOINS)
  @Literal()
  @Field({
    label: 'Goes on',
    help: 'all: when every branch has arrived or can no longer; any: at the first; n: at the n-th.',
    default: 'all',
  })
  join?: (typeof JOINS)[number];

  @IsOptional()
  @IsInt()
  @Min(1)
  @Literal()
  @Field({ label: 'n', help: 'How many branches have to arrive, with "n".' })
  n?: number;

  @IsOptional()
  @IsIn(MODES)
  @Field({
    label: 'Output',
    help: 'object: by source node id; list: in the order of the edges; first: of the first edge that arrived.',
    default: 'object',
  })
  mode?: (typeof MODES)[number];
}

/** Brings branches together. What has not arrived by then, or never can, is simply not in the output. */
@WorkflowNode({
  type: 'merge',
  version: 1,
  label: 'Merge',
  description: 'Waits for branches and puts together what they bring.',
  category: 'control',
  icon: 'merge',
  kind: 'join',
  effects: 'none',
  ports: ['out'],
  config: MergeConfig,
})
export class MergeNode extends BaseJoinNode<MergeConfig> {
  // The literal config: nothing has filled in its defaults.
  join({ join, n }: MergeConfig): { mode: 'all' | 'any' | 'n'; n: number } {
    return { mode: join ?? 'all', n: n ?? 1 };
  }

  combine({ mode }: MergeConfig, arrivals: readonly Arrival[]): JsonValue {
    switch (mode ?? 'object') {
      case 'object':
        return Object.fromEntries(arrivals.map(({ source, value }) => [source, value]));
      case 'list':
        return arrivals.map(({ value }) => value);
      case 'first':
        return arrivals[0]?.value ?? null;
    }
  }

  validate({ join, n }: ResolvedConfig): ConfigFinding[] {
    if (join === 'n' && n === undefined) {
      return [{ path: '/n', message: 'Join "n" needs to know how many branches have to arrive: set n.' }];
    }
    if (join !== 'n' && n !== undefined) {
      return [
        { path: '/n', message: 'n counts only with join "n". Set join to "n", or leave n out.', severity: 'warning' },
      ];
    }
    return [];
  }
}
