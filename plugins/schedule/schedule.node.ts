import {
  BaseWorkflowNode,
  type ConfigFinding,
  Field,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Literal,
  Max,
  Min,
  type NodeContext,
  type NodeResult,
  recurrenceProblem,
  type ResolvedConfig,
  WorkflowNode,
} from '@chatter/plugin-sdk';

const HOUR_MS = 60 * 60 * 1_000;

export class ScheduleConfig {
  @IsString()
  @Literal()
  @Field({
    label: 'Cron',
    help: 'Minute, hour, day, month, weekday; with six fields the second comes first.',
    placeholder: '0 9 * * MON-FRI',
  })
  cron!: string;

  @IsOptional()
  @IsString()
  @Literal()
  @Field({ label: 'Time zone', help: 'Of the IANA, such as Europe/Berlin.', default: 'UTC' })
  time_zone?: string;

  @IsOptional()
  @IsIn(['skip', 'once'])
  @Literal()
  @Field({
    label: 'Missed',
    help: 'While nobody was there to begin it: skip it, or make up for the last one, once.',
    default: 'skip',
  })
  missed?: 'skip' | 'once';

  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(HOUR_MS)
  @Literal()
  @Field({
    label: 'Jitter (ms)',
    help: 'Begins up to so much later, always the same for one moment, so that not everything begins at once.',
    default: 0,
  })
  jitter_ms?: number;
}

/** Where an execution begins that nobody asks for: at times that recur, while its definition is active. */
@WorkflowNode({
  type: 'schedule',
  version: 1,
  label: 'Schedule',
  description: 'Begins an execution at times that recur, while the definition is active.',
  category: 'trigger',
  icon: 'calendar',
  effects: 'none',
  ports: ['out'],
  entry: 'trigger',
  config: ScheduleConfig,
})
export class ScheduleNode extends BaseWorkflowNode<ScheduleConfig> {
  execute({ input }: NodeContext<ScheduleConfig>): NodeResult {
    return this.to('out', input);
  }

  validate({ cron, time_zone: timeZone = 'UTC' }: ResolvedConfig): ConfigFinding[] {
    if (typeof cron !== 'string' || typeof timeZone !== 'string') return [];
    const problem = recurrenceProblem({ cron, timeZone });
    return problem ? [{ path: `/${problem.field}`, message: problem.message }] : [];
  }
}
