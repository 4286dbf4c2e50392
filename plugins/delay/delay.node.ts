import {
  BaseWaitNode,
  type ConfigFinding,
  Field,
  IsIn,
  IsNumber,
  IsOptional,
  IsString,
  Max,
  Min,
  NodeFailure,
  type ResolvedConfig,
  type WaitContext,
  type WaitEvent,
  type WaitFor,
  type WaitStep,
  WorkflowNode,
} from '@chatter/plugin-sdk';
import { instantOf } from './rfc3339.js';

const TYPES = ['fixed', 'random', 'exponential', 'until'] as const;
const DEFAULT_MS = 1_000;
const HUNDRED_YEARS_MS = 100 * 365.25 * 24 * 60 * 60 * 1_000;

export class DelayConfig {
  @IsOptional()
  @IsIn(TYPES)
  @Field({
    label: 'How long',
    help: 'fixed: the duration; random: between it and the longest; exponential: it, doubled some times; until: a moment.',
    default: 'fixed',
  })
  delay_type?: (typeof TYPES)[number];

  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(HUNDRED_YEARS_MS)
  @Field({
    label: 'Duration (ms)',
    help: 'The wait, or its shortest, in milliseconds.',
    default: DEFAULT_MS,
  })
  duration_ms?: number;

  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(HUNDRED_YEARS_MS)
  @Field({
    label: 'Longest (ms)',
    help: 'With random and exponential: no wait is longer.',
  })
  max_duration_ms?: number;

  @IsOptional()
  @IsString()
  @Field({
    label: 'Until',
    help: 'A moment as RFC 3339 writes it; one that is past is due at once.',
    placeholder: '2030-01-31T08:00:00Z',
  })
  until?: string;
}

/** Lets time pass, seconds or years: meanwhile nothing is held in memory. */
@WorkflowNode({
  type: 'delay',
  version: 1,
  label: 'Delay',
  description: 'Waits for a time, then gives on what arrived.',
  category: 'time',
  icon: 'clock',
  kind: 'wait',
  effects: 'wait',
  ports: ['out'],
  aliases: { config: { duration: 'duration_ms' } },
  config: DelayConfig,
})
export class DelayNode extends BaseWaitNode<DelayConfig> {
  begin(config: DelayConfig, { now, random }: WaitContext): WaitFor {
    if (config.delay_type === 'until') return { timer: { dueAt: Math.max(now, momentOf(config.until)) } };
    return { timer: { dueAt: now + Math.ceil(restOf(config, random)) } };
  }

  onEvent(_config: DelayConfig, event: WaitEvent, { incoming }: WaitContext): WaitStep {
    return event.type === 'timer' ? { type: 'settle', port: 'out', output: incoming } : { type: 'stay' };
  }

  validate(config: ResolvedConfig): ConfigFinding[] {
    const { delay_type: type = 'fixed', duration_ms: shortest = DEFAULT_MS, max_duration_ms: longest, until } = config;
    if (type === 'until') return findingsOfMoment(until);
    if (type !== 'random' && type !== 'exponential') return [];
    if (longest === undefined) {
      return [{ path: '/max_duration_ms', message: `A ${type} delay needs an end: set max_duration_ms.` }];
    }
    if (typeof longest === 'number' && typeof shortest === 'number' && longest < shortest) {
      return [
        {
          path: '/max_duration_ms',
          message: `max_duration_ms (${longest}) is shorter than duration_ms (${shortest}). Make it longer.`,
        },
      ];
    }
    return [];
  }
}

/**
 * How long to rest, in ms.
 *
 * 1. `random` lies evenly between the shortest and the longest.
 * 2. `exponential` is the shortest, doubled k times; each k that stays within the longest is as likely as another.
 * 3. Whatever an expression made of the two, no wait is over the longest.
 */
function restOf(
  { delay_type: type, duration_ms: shortest = DEFAULT_MS, max_duration_ms: longest }: DelayConfig,
  random: number,
): number {
  if (type !== 'random' && type !== 'exponential') return shortest;
  const most = longest ?? shortest;
  if (shortest >= most) return most; // rule 3
  if (type === 'random') return shortest + random * (most - shortest); // rule 1
  const start = Math.max(shortest, 1); // doubling nothing leads nowhere
  const doublings = Math.floor(Math.log2(most / start));
  return Math.min(most, start * 2 ** Math.floor(random * (Math.max(doublings, 0) + 1))); // rule 2
}

function findingsOfMoment(until: unknown): ConfigFinding[] {
  if (until === undefined) return [{ path: '/until', message: 'Delay type "until" needs a moment: set until.' }];
  if (typeof until !== 'string' || until.includes('{{') || instantOf(until) !== null) return [];
  return [{ path: '/until', message: notAMoment(until) }];
}

function momentOf(until: string | undefined): number {
  const instant = until === undefined ? null : instantOf(until);
  if (instant !== null) return instant;
  throw new NodeFailure({ code: 'invalid_config', message: notAMoment(until ?? '') });
}

const notAMoment = (text: string): string =>
  `until is "${text}", which is no moment. Write it as RFC 3339 does: 2030-01-31T08:00:00Z, or with an offset such as +01:00.`;
