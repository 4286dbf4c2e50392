import type { Complexity, Graph } from '#engine';
import type { DefinitionUsage, ModelUsage, Overview, TemplateUsage, Usage } from '#read-model';
import { prefixed, type IdPrefix } from '../http/ids.js';
import type {
  DefinitionAnalyticsDto,
  ModelUsageDto,
  OverviewDto,
  TemplateAnalyticsDto,
  UsageDto,
} from './analytics.dto.js';
import type { Days } from './days.js';

export type Names = ReadonlyMap<string, string>;

const usd = (nano: number): number => nano / 1e9;

export const templateView = (id: string, { total_cost_nano, ...usage }: TemplateUsage): TemplateAnalyticsDto => ({
  template_id: prefixed('tpl', id),
  ...usage,
  total_cost: usd(total_cost_nano),
});

export function definitionView(
  id: string,
  { by_node, bottlenecks, by_model, prompt_tokens, completion_tokens, last_used_at, ...usage }: DefinitionUsage,
  days: Partial<Days>,
  { nodes, complexity }: Pick<Graph, 'nodes'> & { readonly complexity: Complexity },
): DefinitionAnalyticsDto {
  const types = new Map(nodes.map((node) => [node.id, node.type]));
  return {
    definition_id: prefixed('wf', id),
    from: days.from ?? null,
    to: days.to ?? null,
    ...usageView(usage),
    prompt_tokens,
    completion_tokens,
    last_used_at,
    by_node: by_node.map(({ cost_nano, ...node }) => ({
      ...node,
      type: types.get(node.node_id) ?? null,
      cost: usd(cost_nano),
    })),
    bottlenecks: [...bottlenecks],
    by_model: by_model.map(modelView),
    complexity,
  };
}

export const overviewView = (
  days: Days,
  { total, by_day, by_model, by_definition, by_template }: Overview,
  names: { readonly definitions: Names; readonly templates: Names },
): OverviewDto => ({
  ...days,
  total: usageView(total),
  by_day: by_day.map(({ day, ...usage }) => ({ day, ...usageView(usage) })),
  by_model: by_model.map(modelView),
  by_definition: by_definition.map(({ definition_id, ...usage }) => ({
    definition_id: named('wf', definition_id),
    name: names.definitions.get(definition_id ?? '') ?? null,
    ...usageView(usage),
  })),
  by_template: by_template.map(({ template_id, ...usage }) => ({
    template_id: named('tpl', template_id),
    name: names.templates.get(template_id ?? '') ?? null,
    ...usageView(usage),
  })),
});

const named = (prefix: IdPrefix, id: string | null): string | null => (id === null ? null : prefixed(prefix, id));

const usageView = ({ tokens, cost_nano, ...usage }: Usage): UsageDto => ({
  ...usage,
  tokens_used: tokens,
  cost: usd(cost_nano),
});

const modelView = ({ cost_nano, ...model }: ModelUsage): ModelUsageDto => ({ ...model, cost: usd(cost_nano) });
