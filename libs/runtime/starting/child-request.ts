import type { ChildStarted, ExecutionState, Parent } from '#engine';
import type { ExecutionConfig, ExecutionRequest } from '../execution-request.js';

/** Options that a child has from its parent: how it is watched and which models it asks. */
const inherited = [
  'debug_mode',
  'priority',
  'tags',
  'deadline',
  'provider',
  'model',
  'temperature',
  'max_tokens',
  'allowed_tools',
] as const satisfies readonly (keyof ExecutionConfig)[];

/** What a child is started with. Of tokens and cost it may use what its parent has left. */
export function childRequest({ accepted, totals }: ExecutionState, child: ChildStarted): ExecutionRequest {
  const { config, limits } = accepted!;
  const options = Object.fromEntries(inherited.filter((key) => key in config).map((key) => [key, config[key]]));
  const used = totals.prompt_tokens + totals.completion_tokens;
  const left = (limit: number | null, of: number) => (limit === null ? null : Math.max(0, limit - of));
  return {
    workflow_type: 'definition',
    definition_id: child.definition_id,
    definition_version: child.definition_version,
    input_data: child.input,
    config: {
      ...(options as Partial<ExecutionConfig>),
      limits: {
        max_cost: left(limits.max_cost, totals.cost_nano_usd / 1e9),
        max_total_tokens: left(limits.max_total_tokens, used),
      },
    },
  };
}

export const parentOf = ({ id, accepted }: ExecutionState, { path }: ChildStarted): Parent => ({
  depth: (accepted!.parent?.depth ?? 0) + 1,
  execution_id: id,
  path,
});
