import type { JsonObject } from '#plugin-sdk';
import { readMembers, type Members } from '../http/members.js';
import { Problem, type ProblemItem } from '../http/problem.js';
import { readExecuteBody, withoutEffect, type ExecuteBody } from './execute-body.js';

const members: Members = {
  message: 'text',
  conversation_id: 'text?',
  workflow_config: 'object?',
  workflow_definition_id: 'text?',
  workflow_template_name: 'text?',
  profile_id: 'text?',
  prompt_id: 'text?',
  provider: 'text?',
  model: 'text?',
  temperature: 'number?',
  max_tokens: 'count?',
  context_limit: 'count?',
  enable_retrieval: 'flag?',
  enable_tools: 'flag?',
  enable_memory: 'flag?',
  enable_web_search: 'flag?',
  enable_tracing: 'flag?',
  document_ids: 'texts?',
  system_prompt_override: 'text?',
  stream: 'flag?',
};

const configMembers: Members = {
  enable_retrieval: 'flag?',
  enable_tools: 'flag?',
  enable_memory: 'flag?',
  enable_web_search: 'flag?',
  llm_config: 'object?',
  retrieval_config: 'object?',
  tool_config: 'object?',
};

const llmMembers: Members = {
  provider: 'text?',
  model: 'text?',
  temperature: 'number?',
  max_tokens: 'count?',
  top_p: 'number?',
  presence_penalty: 'number?',
  frequency_penalty: 'number?',
};

const retrievalMembers: Members = {
  enabled: 'flag?',
  max_documents: 'count?',
  similarity_threshold: 'number?',
  document_ids: 'texts?',
  collections: 'texts?',
  rerank: 'flag?',
};

const toolMembers: Members = {
  enabled: 'flag?',
  allowed_tools: 'texts?',
  max_tool_calls: 'count?',
  parallel_tool_calls: 'flag?',
  tool_timeout_ms: 'count?',
};

/** Nothing of today does what these did. */
const idle: Readonly<Record<string, readonly string[]>> = {
  '': ['profile_id', 'prompt_id', 'context_limit', 'enable_web_search', 'document_ids', 'workflow_template_name'],
  '/workflow_config': ['enable_web_search'],
  '/workflow_config/llm_config': ['top_p', 'presence_penalty', 'frequency_penalty'],
  '/workflow_config/retrieval_config': ['similarity_threshold', 'document_ids', 'collections', 'rerank'],
  '/workflow_config/tool_config': ['parallel_tool_calls', 'tool_timeout_ms'],
};

type Read = Readonly<Record<string, unknown>>;

/**
 * The body of the old chat routes, in the form of today.
 *
 * 1. What stands in the body itself comes before what stands in its `workflow_config`.
 * 2. Memory is on unless it is switched off, as it always was there.
 * 3. With `workflow_definition_id` it is a run of that definition, given the message.
 * 4. What has no effect any more is taken, and said to have none.
 */
export function readOldChatBody(body: unknown, { streaming }: { readonly streaming: boolean }): ExecuteBody {
  const faults: ProblemItem[] = [];
  const old = readMembers(body, members, '', faults);
  const part = (of: Read, name: string, known: Members, path: string): Read =>
    of[name] === undefined ? {} : readMembers(of[name], known, path, faults);
  const within = part(old, 'workflow_config', configMembers, '/workflow_config');
  const llm = part(within, 'llm_config', llmMembers, '/workflow_config/llm_config');
  const retrieval = part(within, 'retrieval_config', retrievalMembers, '/workflow_config/retrieval_config');
  const tools = part(within, 'tool_config', toolMembers, '/workflow_config/tool_config');
  if (faults.length > 0) throw new Problem('invalid_request', faults[0]!.message, { errors: faults });

  const parts: Readonly<Record<string, Read>> = {
    '': old,
    '/workflow_config': within,
    '/workflow_config/llm_config': llm,
    '/workflow_config/retrieval_config': retrieval,
    '/workflow_config/tool_config': tools,
  };
  const { request, warnings, digest } = readExecuteBody(
    old['workflow_definition_id'] === undefined
      ? chat(old, { within, llm, retrieval, tools }, streaming)
      : definition(old, streaming),
  );
  return { request, digest, warnings: [...warnings, ...withoutEffectToday(parts)] };
}

function chat(
  old: Read,
  { within, llm, retrieval, tools }: Readonly<Record<'within' | 'llm' | 'retrieval' | 'tools', Read>>,
  streaming: boolean,
): JsonObject {
  const isOn = (name: string, otherwise: boolean) => old[name] ?? within[name] ?? otherwise;
  const memory = isOn('enable_memory', true); // rule 2
  const retrieves = isOn('enable_retrieval', retrieval['enabled'] === true);
  const hasTools = isOn('enable_tools', tools['enabled'] === true);
  return given({
    workflow_type: 'chat',
    message: old['message'],
    conversation_id: old['conversation_id'],
    config: given({
      ...common(old, streaming),
      provider: old['provider'] ?? llm['provider'], // rule 1
      model: old['model'] ?? llm['model'],
      temperature: old['temperature'] ?? llm['temperature'],
      max_tokens: old['max_tokens'] ?? llm['max_tokens'],
      system_message: old['system_prompt_override'],
      enable_memory: memory,
      enable_retrieval: retrieves,
      enable_tools: hasTools,
      max_documents: retrieves ? retrieval['max_documents'] : undefined,
      max_tool_calls: hasTools ? tools['max_tool_calls'] : undefined,
      allowed_tools: hasTools ? tools['allowed_tools'] : undefined,
    }),
  });
}

/** Rule 3. */
function definition(old: Read, streaming: boolean): JsonObject {
  const message = old['message'];
  return given({
    workflow_type: 'definition',
    definition_id: old['workflow_definition_id'],
    conversation_id: old['conversation_id'],
    input_data: { message, query: message },
    config: given({
      ...common(old, streaming),
      provider: old['provider'],
      model: old['model'],
      temperature: old['temperature'],
      max_tokens: old['max_tokens'],
      system_message: old['system_prompt_override'],
    }),
  });
}

const common = (old: Read, streaming: boolean): Read => ({
  streaming: streaming || old['stream'] === true,
  debug_mode: old['enable_tracing'],
});

/** Rule 4. */
const withoutEffectToday = (parts: Readonly<Record<string, Read>>): JsonObject[] =>
  Object.entries(idle).flatMap(([path, names]) =>
    names
      .filter((name) => isGiven(parts[path]?.[name]))
      .map((name) => withoutEffect(`${path}/${name}`, `${name} has no effect any more.`)),
  );

const isGiven = (value: unknown): boolean => value !== undefined && value !== false;

const given = (all: Read): JsonObject =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as JsonObject;
