import {
  BaseWorkflowNode,
  type ConfigFinding,
  type Failure,
  Field,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Json,
  type JsonValue,
  ListOf,
  Max,
  Min,
  type NodeContext,
  NodeFailure,
  type NodeResult,
  type ResolvedConfig,
  WorkflowNode,
} from '@chatter/plugin-sdk';
import { matches } from './failure-pattern.js';

const ACTIONS = ['fallback', 'retry', 'rethrow'] as const;
const DEFAULT_RETRIES = 3;

export class ErrorHandlerConfig {
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  @ListOf('string')
  @Field({
    label: 'Failures',
    help: 'Codes this is for; a * at the end stands for any rest. Left out: all.',
    placeholder: 'http_5*',
  })
  match?: string[];

  @IsOptional()
  @IsIn(ACTIONS)
  @Field({
    label: 'Action',
    help: 'fallback: go on with a value; retry: try the failed node again; rethrow: fail with the same failure.',
    default: 'fallback',
  })
  action!: (typeof ACTIONS)[number];

  @IsOptional()
  @Json()
  @Field({ label: 'Fallback value', help: 'What goes on at "handled". Left out: null.' })
  fallback_value?: JsonValue;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(20)
  @Field({
    label: 'Retries',
    help: 'More attempts for the failed node, with "retry".',
    default: DEFAULT_RETRIES,
  })
  max_retries?: number;
}

/**
 * Stands at the `error` port of a node.
 *
 * 1. `retry` is part of the failed node's retry policy: it is asked before that step is given up.
 * 2. As a step it runs once the failure is final. A matching `fallback` goes on with its value.
 * 3. Everything else fails again with the failure that came: no match, `rethrow`, and `retry` when it is spent.
 * 4. Reached without a failure it has nothing to handle, and gives on what arrived.
 */
@WorkflowNode({
  type: 'error_handler',
  version: 1,
  label: 'Error handler',
  description: 'Says what becomes of a failure: a value instead, another try, or the failure again.',
  category: 'control',
  icon: 'shield',
  effects: 'none',
  ports: ['handled'],
  aliases: { types: ['errorHandler'], handles: { success: 'handled', fallback: 'handled' } },
  config: ErrorHandlerConfig,
})
export class ErrorHandlerNode extends BaseWorkflowNode<ErrorHandlerConfig> {
  execute({ config, error, incoming }: NodeContext<ErrorHandlerConfig>): NodeResult {
    if (error === null) return this.to('handled', incoming); // rule 4
    const { action, fallback_value: value = null, match } = config;
    if (action === 'fallback' && matches(match, error.code)) return this.to('handled', value); // rule 2
    const { code, message, node_id, attempt } = error;
    throw new NodeFailure({ code, message, retryable: false, details: { node_id, attempt } }); // rule 3
  }

  /** How many more attempts the failed node gets in all; null for none. */
  retriesFor(
    { action, match, max_retries: retries = DEFAULT_RETRIES }: ErrorHandlerConfig,
    { code }: Failure,
  ): number | null {
    return action === 'retry' && matches(match, code) ? retries : null; // rule 1
  }

  validate({
    match,
    action = 'fallback',
    fallback_value: value,
    max_retries: retries,
  }: ResolvedConfig): ConfigFinding[] {
    const findings: ConfigFinding[] = misplacedStars(match);
    if (action !== 'fallback' && value !== undefined) {
      findings.push({
        path: '/fallback_value',
        message: `Only action "fallback" uses fallback_value; this one is "${String(action)}".`,
        severity: 'warning',
      });
    }
    if (action !== 'retry' && retries !== undefined) {
      findings.push({
        path: '/max_retries',
        message: `Only action "retry" uses max_retries; this one is "${String(action)}".`,
        severity: 'warning',
      });
    }
    return findings;
  }
}

function misplacedStars(match: unknown): ConfigFinding[] {
  if (!Array.isArray(match)) return [];
  return match.flatMap((pattern: unknown, index) => {
    if (typeof pattern !== 'string' || !pattern.slice(0, -1).includes('*') || pattern.includes('{{')) return [];
    return [
      {
        path: `/match/${index}`,
        message: `In "${pattern}" the * stands inside. It stands for the rest of a code, so write it last: http_5*.`,
      },
    ];
  });
}
