import { hash } from 'node:crypto';
import type { Settled } from '#engine';
import { canonicalJson } from '#event-store';
import type { JsonObject } from '#plugin-sdk';
import type { ExecutionConfig, ExecutionRequest } from '#runtime';
import { Problem, type ProblemItem } from '../http/problem.js';
import { uuidIn } from '../http/ids.js';
import { readMembers, type Members } from '../http/members.js';

/** What each member of the body must be; every other is refused by name. */
const members: Members = {
  workflow_type: 'text',
  definition_id: 'text?',
  definition_version: 'count?',
  template_id: 'text?',
  params: 'object?',
  nodes: 'list?',
  edges: 'list?',
  message: 'text?',
  conversation_id: 'text?',
  input_data: 'object?',
  config: 'object?',
};

const configMembers: Members = {
  debug_mode: 'flag?',
  streaming: 'flag?',
  stream_events: 'flag?',
  async: 'flag?',
  timeout_ms: 'count?',
  deadline: 'instant?',
  priority: 'integer?',
  tags: 'texts?',
  limits: 'object?',
  provider: 'text?',
  model: 'text?',
  temperature: 'number?',
  max_tokens: 'count?',
  system_message: 'text?',
  enable_memory: 'flag?',
  enable_retrieval: 'flag?',
  enable_tools: 'flag?',
  memory_window: 'integer?',
  max_tool_calls: 'integer?',
  max_documents: 'integer?',
  allowed_tools: 'texts?',
};

const limitMembers: Members = { max_steps: 'count?', max_total_tokens: 'count?', max_cost: 'amount?' };

const types = ['definition', 'template', 'custom', 'chat'];

/** The one type that a member acts on. */
const actsOn: Readonly<Record<string, string>> = {
  definition_id: 'definition',
  definition_version: 'definition',
  template_id: 'template',
  params: 'template',
  nodes: 'custom',
  edges: 'custom',
  message: 'chat',
};

/** Options that act on chat workflows only. `allowed_tools` bounds every execution. */
const chatOptions = [
  'enable_memory',
  'enable_retrieval',
  'enable_tools',
  'memory_window',
  'max_tool_calls',
  'max_documents',
];

export interface ExecuteBody {
  readonly request: ExecutionRequest;
  /** Options that cannot act on this type. */
  readonly warnings: readonly JsonObject[];
  readonly digest: string;
  /** What steps have come to already. */
  readonly recalled?: ReadonlyMap<string, Settled>;
}

/** The body of an execute call: by hand, since it is on the way of every execution. Throws a 400 that names each fault. */
export function readExecuteBody(body: unknown): ExecuteBody {
  const faults: ProblemItem[] = [];
  const whole = readMembers(body, members, '', faults);
  const config = whole['config'] ? readMembers(whole['config'], configMembers, '/config', faults) : undefined;
  if (config?.['limits']) readMembers(config['limits'], limitMembers, '/config/limits', faults);
  checkTags(config?.['tags'], faults);
  if (faults.length === 0) checkType(whole, faults);
  if (faults.length > 0)
    throw new Problem(
      'invalid_request',
      `The request has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}: ${faults[0]!.message}`,
      { errors: faults },
    );
  const request = { ...whole, ...(config && { config }) } as unknown as ExecutionRequest;
  return {
    request: inBareConversation(withBareId(request)),
    warnings: [...membersWithoutEffect(whole), ...optionsWithoutEffect(request.workflow_type, request.config)],
    digest: hash('sha256', canonicalJson(body), 'hex'),
  };
}

/** As many and as long as a list can filter by, and no more: they stand in every event of the execution's beginning. */
export const tagLimits = { count: 50, length: 100 } as const;

function checkTags(tags: unknown, faults: ProblemItem[]): void {
  if (!Array.isArray(tags)) return;
  const fault = (path: string, message: string) =>
    faults.push({ rule: 'request.tags', message, path, severity: 'error' });
  if (tags.length > tagLimits.count)
    fault('/config/tags', `config.tags has ${tags.length} tags; ${tagLimits.count} are possible.`);
  (tags as readonly string[]).slice(0, tagLimits.count).forEach((tag, at) => {
    if (tag.trim() === '') fault(`/config/tags/${at}`, 'A tag must hold more than spaces.');
    if (tag.length > tagLimits.length)
      fault(`/config/tags/${at}`, `A tag has ${tag.length} characters; ${tagLimits.length} are possible.`);
  });
}

function checkType(body: Readonly<Record<string, unknown>>, faults: ProblemItem[]): void {
  const type = String(body['workflow_type']);
  const fault = (path: string, message: string) =>
    faults.push({ rule: 'request.workflow_type', message, path, severity: 'error' });
  if (!types.includes(type))
    fault('/workflow_type', `workflow_type is "${type}"; it must be one of ${types.join(', ')}.`);
  if (type === 'definition' && !body['definition_id'])
    fault('/definition_id', 'workflow_type "definition" needs a definition_id.');
  if (type === 'template' && !body['template_id'])
    fault('/template_id', 'workflow_type "template" needs a template_id.');
  if (type === 'chat' && !isText(body['message']) && !isText((body['input_data'] as JsonObject | null)?.['message']))
    fault('/message', 'workflow_type "chat" needs a message: a text that is not empty.');
  if (type === 'custom') {
    if (!Array.isArray(body['nodes'])) fault('/nodes', 'workflow_type "custom" needs nodes.');
    else checkShape(body['nodes'], (body['edges'] ?? []) as readonly unknown[], faults);
  }
}

/** What is no graph at all: a node without id or type, an edge without its ends. */
function checkShape(nodes: readonly unknown[], edges: readonly unknown[], faults: ProblemItem[]): void {
  const lacking = (value: unknown, names: readonly string[]) =>
    names.filter((name) => typeof (value as Record<string, unknown> | null)?.[name] !== 'string');
  nodes.forEach((node, at) => {
    const missing = lacking(node, ['id', 'type']);
    if (missing.length > 0)
      faults.push({
        rule: 'request.node',
        message: `Node ${at} needs ${missing.join(' and ')} as text.`,
        path: `/nodes/${at}`,
        severity: 'error',
      });
  });
  edges.forEach((edge, at) => {
    const missing = lacking(edge, ['source', 'target']);
    if (missing.length > 0)
      faults.push({
        rule: 'request.edge',
        message: `Edge ${at} needs ${missing.join(' and ')} as text.`,
        path: `/edges/${at}`,
        severity: 'error',
      });
  });
}

/** An id of the wrong form cannot exist: it is answered as an unknown one is. */
function withBareId(request: ExecutionRequest): ExecutionRequest {
  if (request.workflow_type === 'template') {
    const id = uuidIn('tpl', request.template_id!);
    if (id === null) throw new Problem('template_not_found', `There is no template ${request.template_id}.`);
    return { ...request, template_id: id };
  }
  if (request.workflow_type !== 'definition') return request;
  const id = uuidIn('wf', request.definition_id!);
  if (id === null) throw new Problem('definition_not_found', `There is no definition ${request.definition_id}.`);
  return { ...request, definition_id: id };
}

function inBareConversation(request: ExecutionRequest): ExecutionRequest {
  const { conversation_id: given } = request;
  if (given === undefined || given === null) return request;
  const conversation_id = uuidIn('conv', given);
  if (conversation_id !== null) return { ...request, conversation_id };
  throw new Problem('conversation_not_found', `There is no conversation ${given}.`);
}

function membersWithoutEffect(body: Readonly<Record<string, unknown>>): JsonObject[] {
  const idle = Object.keys(body).filter(
    (key) => actsOn[key] !== undefined && actsOn[key] !== body['workflow_type'] && !isEmpty(body[key]),
  );
  const warnings = idle.map((key) =>
    withoutEffect(`/${key}`, `${key} acts on workflows of type "${actsOn[key]}" only.`),
  );
  return saysTwice(body)
    ? [...warnings, withoutEffect('/input_data/message', 'message stands beside it, and is what is answered.')]
    : warnings;
}

function saysTwice({ workflow_type, message, input_data }: Readonly<Record<string, unknown>>): boolean {
  const other = (input_data as JsonObject | null | undefined)?.['message'];
  return workflow_type === 'chat' && isText(message) && other !== undefined && other !== message;
}

function optionsWithoutEffect(type: string, config: Partial<ExecutionConfig> | undefined): JsonObject[] {
  if (!config) return [];
  const given = Object.keys(config).filter((key) => config[key as keyof ExecutionConfig]);
  const warnings =
    type === 'chat' ? behindSwitches(config) : given.filter((key) => chatOptions.includes(key)).map(ofChat);
  const silent = config.stream_events && !config.streaming;
  return silent
    ? [...warnings, withoutEffect('/config/stream_events', 'stream_events acts on streams only: set streaming, too.')]
    : warnings;
}

/** The switch that an option of a chat acts behind. */
const switches: Readonly<Record<string, keyof ExecutionConfig>> = {
  memory_window: 'enable_memory',
  max_documents: 'enable_retrieval',
  max_tool_calls: 'enable_tools',
  allowed_tools: 'enable_tools',
};

export const withoutEffect = (path: string, message: string): JsonObject => ({
  code: 'option_without_effect',
  message,
  path,
});

const ofChat = (key: string): JsonObject => withoutEffect(`/config/${key}`, `${key} acts on chat workflows only.`);

const behindSwitches = (config: Partial<ExecutionConfig>): JsonObject[] =>
  Object.entries(switches)
    .filter(([key, on]) => isGiven(config[key as keyof ExecutionConfig]) && !config[on])
    .map(([key, on]) => withoutEffect(`/config/${key}`, `${key} acts with ${on} only: set that, too.`));

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;
