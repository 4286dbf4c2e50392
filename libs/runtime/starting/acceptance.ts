import { createHmac } from 'node:crypto';
import { Validator, type Schema } from '@cfworker/json-schema';
import {
  graphDigest,
  ordered,
  Refusal,
  type Accepted,
  type ExecutionFailed,
  type Graph,
  type Limits,
  type Parent,
  type Totals,
  uuidOf,
} from '#engine';
import { usesPattern, type JsonObject } from '#plugin-sdk';
import type { Caller, ExecutionRequest } from '../execution-request.js';
import type {
  ChatSource,
  CheckBounds,
  DefinitionSource,
  GraphCheck,
  PublishedGraph,
  TemplateSource,
} from '../ports.js';

/** What every execution is bounded by, unless its request says less (or, for tokens, cost and time, more). */
export const defaultLimits: Limits = {
  max_steps: 10_000,
  max_events: 50_000,
  max_bytes: 50 * 1024 * 1024,
  max_total_tokens: null,
  max_cost: null,
  timeout_ms: 300_000,
  deadline: null,
};

/** A request whose graph has been found and checked: it may run, or it is recorded as refused. */
export interface Examined {
  readonly graph: Graph | null;
  readonly digest: string | null;
  readonly published: PublishedGraph | null;
  readonly failure: Omit<ExecutionFailed, keyof Totals> | null;
  readonly warnings: readonly JsonObject[];
  readonly template?: { readonly id: string; readonly name: string };
  /** UUID without prefix. */
  readonly conversationId?: string;
  /** What the execution is given, where that is not the request's `input_data`. */
  readonly input?: JsonObject;
}

export interface GraphSources {
  readonly definitions: DefinitionSource;
  readonly templates?: TemplateSource;
  readonly chats?: ChatSource;
  readonly check: GraphCheck;
}

/**
 * Finds the graph of a request and checks it, and its input. An execution of any type may take part in a conversation
 * that is named; a chat begins one where none is. Throws a refusal where there is nothing to record.
 */
export async function examine(
  request: ExecutionRequest,
  caller: Caller,
  executionId: string,
  sources: GraphSources,
): Promise<Examined> {
  const { conversation_id: conversationId = null, workflow_type: type } = request;
  if (type === 'chat' || conversationId === null) return found(request, caller, executionId, sources);
  if (!sources.chats) throw noConversations();
  await sources.chats.join(conversationId, caller);
  return { ...(await found(request, caller, executionId, sources)), conversationId };
}

const noConversations = (): Refusal => new Refusal('workflow_type_not_available', 'This server has no conversations.');

async function found(
  request: ExecutionRequest,
  caller: Caller,
  executionId: string,
  { definitions, templates, chats, check }: GraphSources,
): Promise<Examined> {
  switch (request.workflow_type) {
    case 'definition': {
      const published = await definitions.load(
        caller.tenant,
        request.definition_id!,
        request.definition_version ?? undefined,
      );
      if (!published) throw new Refusal('definition_not_found', unknownDefinition(request));
      const { errors, warnings } = check.published(published.graph, published.digest, caller, boundsOf(request));
      const { graph, digest } = published;
      return { graph, digest, published, warnings, failure: refused(errors) ?? invalidInput(graph, request) };
    }
    case 'custom': {
      const { graph, errors, warnings } = check.raw(request.nodes, request.edges, caller, boundsOf(request));
      const failure = refused(errors) ?? (graph && invalidInput(graph, request));
      return { graph, digest: graph && graphDigest(graph), published: null, warnings, failure };
    }
    case 'template': {
      const filled = await templates?.fill(caller.tenant, request.template_id!, request.params ?? {});
      if (!filled) throw new Refusal('template_not_found', unknownTemplate(request));
      const { graph, problems, templateId: id, name } = filled;
      const { errors, warnings } = check.raw(graph.nodes, graph.edges, caller, boundsOf(request));
      const failure = refused([...problems, ...errors]) ?? invalidInput(graph, request);
      return { graph, digest: graphDigest(graph), published: null, warnings, failure, template: { id, name } };
    }
    case 'chat': {
      if (!chats) throw noConversations();
      const { graph, conversationId, input } = await chats.open(request, caller, executionId);
      const { errors, warnings } = check.raw(graph.nodes, graph.edges, caller, boundsOf(request));
      const failure = refused(errors);
      return { graph, digest: graphDigest(graph), published: null, warnings, failure, conversationId, input };
    }
  }
}

const boundsOf = ({ config, definition_id }: ExecutionRequest): CheckBounds => ({
  allowedTools: config?.allowed_tools ?? null,
  definitionId: definition_id ?? null,
});

const unknownTemplate = ({ template_id }: ExecutionRequest): string =>
  `There is no template tpl_${template_id}. List them with GET /api/v1/workflows/templates.`;

const unknownDefinition = ({ definition_id, definition_version }: ExecutionRequest): string =>
  `There is no definition wf_${definition_id}${definition_version ? ` with a version ${definition_version}` : ''}. List them with GET /api/v1/workflows/definitions.`;

function refused(errors: readonly JsonObject[]): Examined['failure'] {
  if (errors.length === 0) return null;
  const first = String(errors[0]!['message']);
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return { ...failing('validation_failed', `The workflow has errors: ${first}${more}`), findings: errors };
}

/** The input against the schema that the entry states. */
function invalidInput(graph: Graph, request: ExecutionRequest): Examined['failure'] {
  const schema = graph.nodes
    .map((node) => node.data.config['input_schema'])
    .find((each) => each !== undefined && each !== null);
  if (schema === undefined) return null;
  if (usesPattern(schema))
    return failing(
      'invalid_input_schema',
      'The input_schema uses `pattern`, which schemas of users may not. Check the text with a condition: matches(input.code, "^[A-Z]+$").',
    );
  const { valid, errors } = new Validator(schema as Schema, '2020-12', false).validate(inputOf(request));
  if (valid) return null;
  const findings = errors.map(({ instanceLocation, error }) => ({
    message: error,
    path: instanceLocation.replace('#', '/input_data'),
  }));
  return {
    ...failing('invalid_input', `input_data is not what the workflow asks for: ${findings.at(-1)?.message ?? ''}`),
    findings,
  };
}

const failing = (code: string, message: string): Omit<ExecutionFailed, keyof Totals> => ({
  attempt: null,
  code,
  message,
  node_id: null,
  path: null,
  retryable: false,
});

const inputOf = (request: ExecutionRequest): JsonObject => ({ ...request.input_data });

/** The first event's data, but for what it schedules. */
export function acceptedAs(
  request: ExecutionRequest,
  { digest, published, warnings, template, conversationId, input }: Examined,
  facts: {
    readonly caller: Caller;
    readonly requestDigest: string;
    readonly process: string;
    readonly pins: JsonObject;
    readonly parent?: Parent;
  },
): Omit<Accepted, 'scheduled'> {
  const config = ordered((request.config ?? {}) as JsonObject) as JsonObject;
  return {
    config,
    definition_id: published?.definitionId ?? null,
    definition_name: published?.name ?? null,
    definition_version: published?.version ?? null,
    graph_digest: digest,
    ...(facts.parent && { parent: facts.parent }),
    ...(conversationId !== undefined && { conversation_id: conversationId }),
    input: ordered(input ?? inputOf(request)),
    limits: limitsOf(request),
    node_types: facts.pins as unknown as Accepted['node_types'],
    process: facts.process,
    request_digest: facts.requestDigest,
    rules: 1,
    subject: facts.caller.sub,
    tags: request.config?.tags ?? [],
    template_id: template?.id ?? null,
    template_name: template?.name ?? null,
    warnings,
    workflow_type: request.workflow_type,
  };
}

function limitsOf({ config }: ExecutionRequest): Limits {
  const { max_steps, max_total_tokens, max_cost } = config?.limits ?? {};
  return {
    deadline: config?.deadline ?? defaultLimits.deadline,
    max_bytes: defaultLimits.max_bytes,
    max_cost: max_cost ?? null,
    max_events: defaultLimits.max_events,
    max_steps: Math.min(max_steps ?? defaultLimits.max_steps, defaultLimits.max_steps),
    max_total_tokens: max_total_tokens ?? null,
    timeout_ms: config?.timeout_ms ?? defaultLimits.timeout_ms,
  };
}

/**
 * The id that a request with an idempotency key always gets: the first append expects no stream, so that of two such
 * requests one starts the execution and the other finds it. A UUID (version 8) over HMAC(tenant, subject, route, key).
 */
export function derivedId(secret: string, caller: Caller, route: string, key: string): string {
  const parts = JSON.stringify([caller.tenant, caller.sub, route, key]);
  return uuidOf(createHmac('sha256', secret).update(parts).digest('hex'));
}
