import type { ListedEvent } from '../executions/executions.projection.js';
import type { DefinitionFact } from '../definitions/definitions.projection.js';
import type { TemplateFact } from '../templates/templates.projection.js';

type DataOf<E extends { type: string; data: unknown }, T extends E['type']> = Extract<E, { type: T }>['data'];

/** An accepted execution, with what differs from the plainest one. */
export const acceptance = (
  different: Partial<DataOf<ListedEvent, 'ExecutionAccepted'>> & { readonly conversation_id?: string } = {},
): DataOf<ListedEvent, 'ExecutionAccepted'> => ({
  request_digest: 'sha256:1',
  workflow_type: 'definition',
  subject: 'usr_ada',
  graph_digest: 'sha256:2',
  definition_id: 'd1',
  definition_version: 3,
  definition_name: 'Simple Chat',
  template_id: null,
  template_name: null,
  node_types: {},
  rules: 1,
  input: { query: 'Hello' },
  config: {},
  limits: {
    max_steps: 1,
    max_events: 1,
    max_bytes: 1,
    max_total_tokens: null,
    max_cost: null,
    timeout_ms: 1,
    deadline: null,
  },
  process: 'p1',
  tags: [],
  warnings: [],
  ...different,
});

export const metrics = {
  steps: 2,
  execution_time_ms: 40,
  prompt_tokens: 100,
  completion_tokens: 50,
  cost_nano_usd: 2_500_000,
  tool_calls: 0,
};

export const failure = { code: 'http_error', message: 'The Server said 500.', retryable: true, metrics };

/** A published version, with what differs from the plainest one. */
export const publication = (
  different: Partial<DataOf<DefinitionFact, 'DefinitionPublished'>> = {},
): DataOf<DefinitionFact, 'DefinitionPublished'> => ({
  version: 1,
  name: 'Support triage',
  description: 'Sorts what comes in',
  tags: ['support'],
  is_public: false,
  graph_digest: 'sha256:g',
  node_count: 5,
  owner: 'usr_ada',
  ...different,
});

/** A saved template, with what differs from the plainest one. */
export const template = (
  different: Partial<DataOf<TemplateFact, 'TemplateSaved'>> = {},
): DataOf<TemplateFact, 'TemplateSaved'> => ({
  version: 1,
  name: 'Blog writer',
  description: 'Writes a post',
  category: 'writing',
  tags: ['blog'],
  is_public: false,
  node_count: 3,
  parameter_count: 2,
  owner: 'usr_ada',
  ...different,
});
