import {
  BaseWaitNode,
  Field,
  IsNumber,
  IsOptional,
  IsString,
  Literal,
  Matches,
  Max,
  Min,
  type WaitContext,
  type WaitEvent,
  type WaitFor,
  type WaitStep,
  WorkflowNode,
} from '@chatter/plugin-sdk';

const HUNDRED_YEARS_MS = 100 * 365.25 * 24 * 60 * 60 * 1_000;

export class WaitSignalConfig {
  @IsString()
  @Matches(/^[A-Za-z0-9_.-]{1,64}$/)
  @Literal()
  @Field({ label: 'Name', help: 'Of the signal: letters, digits, "_", "." and "-".' })
  name!: string;

  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(HUNDRED_YEARS_MS)
  @Field({ label: 'Expires (ms)', help: 'After this time it goes on without the signal.' })
  expires_ms?: number;
}

/** Waits for a signal of its name. One that came before is taken at once. */
@WorkflowNode({
  type: 'wait_signal',
  version: 1,
  label: 'Wait for a signal',
  description: 'Waits until a signal of this name comes from outside.',
  category: 'time',
  icon: 'radio-receiver',
  kind: 'wait',
  effects: 'wait',
  ports: ['out', 'expired'],
  config: WaitSignalConfig,
})
export class WaitSignalNode extends BaseWaitNode<WaitSignalConfig> {
  begin({ name, expires_ms }: WaitSignalConfig, { now }: WaitContext): WaitFor {
    return { signal: { name }, ...(expires_ms !== undefined && { timer: { dueAt: now + Math.ceil(expires_ms) } }) };
  }

  onEvent(_config: WaitSignalConfig, event: WaitEvent, { incoming }: WaitContext): WaitStep {
    if (event.type === 'signal') return { type: 'settle', port: 'out', output: event.payload };
    return event.type === 'timer' ? { type: 'settle', port: 'expired', output: incoming } : { type: 'stay' };
  }
}
