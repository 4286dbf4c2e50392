import {
  type ConversationClient,
  type DocumentClient,
  type Effects,
  type EffectsRule,
  type HttpClient,
  type ModelClient,
  type ModelRequest,
  NodeFailure,
  type ToolClient,
} from '#plugin-sdk';
import type { PluginPermissions } from '../installed-node.js';
import type { StepInvocation } from './step-invocation.js';

/** A client for all steps, or one made for each: bound to its signal, heeding its defaults. */
export type ClientFor<T> = T | ((step: StepInvocation) => T);

/** What there is for steps to reach outside with. */
export interface OutsideClients {
  readonly http: ClientFor<HttpClient>;
  readonly models: ClientFor<ModelClient>;
  readonly tools?: ClientFor<ToolClient>;
  readonly documents?: ClientFor<DocumentClient>;
  readonly conversation?: ClientFor<ConversationClient>;
}

/** Who reaches outside: the node of a step, or a tool that it calls. */
export interface Holder {
  readonly name: string;
  readonly effects: Effects;
  /** As its description says, for messages. */
  readonly declared: EffectsRule;
  readonly plugin: string;
  /** Undefined: not held to any. */
  readonly permissions: PluginPermissions | undefined;
}

const nodeOf = ({ node: { definition, plugin, permissions }, effects }: StepInvocation): Holder => {
  const { type, effects: declared } = definition.descriptor;
  return { name: type, effects, declared, plugin: plugin.name, permissions };
};

/**
 * HTTP as the node of this step, or a tool in it, may use it.
 *
 * 1. Who has no effects outside gets a client that refuses (`effect_not_declared`).
 * 2. A plugin from outside reaches the hosts of its manifest and no others (`permission_missing`).
 */
export function httpFor(step: StepInvocation, { http }: OutsideClients, holder = nodeOf(step)): HttpClient {
  if (!reachesOut(holder)) return { send: async () => undeclared(holder, 'http') }; // rule 1
  const client = typeof http === 'function' ? http(step) : http;
  const { permissions, plugin } = holder;
  if (permissions === undefined) return client;
  return {
    async send(request) {
      const host = URL.parse(request.url)?.hostname ?? '';
      if (!mayReach(permissions, host) || request.followRedirects) throw unpermitted(plugin, 'http', host); // rule 2
      return client.send(request);
    },
  };
}

/** Models as this step may use them: the same two rules. */
export function modelsFor(step: StepInvocation, { models }: OutsideClients): ModelClient {
  const holder = nodeOf(step);
  if (!reachesOut(holder)) return { generate: async () => undeclared(holder, 'models') };
  const client = typeof models === 'function' ? models(step) : models;
  const { permissions, plugin } = holder;
  if (permissions === undefined) return client;
  return {
    async generate(request, onText) {
      if (!mayAsk(permissions, request)) throw unpermitted(plugin, 'models', modelNameOf(request));
      return client.generate(request, onText);
    },
  };
}

/** Tools as this step may use them: to a plugin from outside those that its manifest does not name are not there. */
export function toolsFor(step: StepInvocation, { tools }: OutsideClients): ToolClient {
  const holder = nodeOf(step);
  if (!reachesOut(holder)) return { list: () => [], call: async () => undeclared(holder, 'tools') };
  const client = given(step, 'tools', tools);
  const allowed = holder.permissions?.tools ?? [];
  if (holder.permissions === undefined || allowed.includes('*')) return client;
  return {
    list: () => client.list().filter(({ name }) => allowed.includes(name)),
    async call(name, args) {
      if (!allowed.includes(name)) throw toolNotPermitted(holder.plugin, name);
      return client.call(name, args);
    },
  };
}

export const documentsFor = (
  step: StepInvocation,
  { documents }: OutsideClients,
  holder = nodeOf(step),
): DocumentClient =>
  clientFor(step, 'documents', documents, { search: async () => undeclared(holder, 'documents') }, holder);

export const conversationFor = (step: StepInvocation, { conversation }: OutsideClients): ConversationClient => {
  const holder = nodeOf(step);
  const refuse = async (): Promise<never> => undeclared(holder, 'conversation');
  return clientFor(
    step,
    'conversation',
    conversation,
    { id: null, load: refuse, summarised: refuse, store: refuse },
    holder,
  );
};

/** Rule 1 for the clients that no manifest speaks of: a plugin from outside does not get them. */
function clientFor<T>(
  step: StepInvocation,
  name: string,
  client: ClientFor<T> | undefined,
  refusing: T,
  holder: Holder,
): T {
  if (!reachesOut(holder)) return refusing;
  if (client !== undefined && holder.permissions !== undefined) throw unpermitted(holder.plugin, name, name);
  return given(step, name, client);
}

function given<T>(step: StepInvocation, name: string, client: ClientFor<T> | undefined): T {
  if (client === undefined) throw new NodeFailure({ code: 'not_available', message: `This server has no ${name}.` });
  return typeof client === 'function' ? (client as (step: StepInvocation) => T)(step) : client;
}

const reachesOut = ({ effects }: Holder): boolean => effects === 'read' || effects === 'write';

const mayReach = ({ http }: PluginPermissions, host: string): boolean =>
  http.some(
    (allowed) => allowed === '*' || allowed === host || (allowed.startsWith('*.') && host.endsWith(allowed.slice(1))),
  );

const mayAsk = ({ models }: PluginPermissions, request: ModelRequest): boolean => {
  const name = modelNameOf(request);
  return models.some(
    (allowed) =>
      allowed === '*' || allowed === name || (allowed.endsWith('/*') && name.startsWith(allowed.slice(0, -1))),
  );
};

const modelNameOf = ({ provider, model }: ModelRequest): string =>
  provider === null && model === null ? 'default' : `${provider ?? '*'}/${model ?? '*'}`;

function undeclared({ name, declared }: Holder, client: string): never {
  throw new NodeFailure({
    code: 'effect_not_declared',
    message: `"${name}" has the effects ${JSON.stringify(declared)} and may not use ${client}. Declare effects "read" or "write".`,
  });
}

const toolNotPermitted = (plugin: string, tool: string): NodeFailure =>
  new NodeFailure({
    code: 'tool_not_allowed',
    message: `The plugin "${plugin}" may not call the tool "${tool}". Its manifest has to list it under chatter.permissions.tools.`,
  });

const unpermitted = (plugin: string, kind: string, name: string): NodeFailure =>
  new NodeFailure({
    code: 'permission_missing',
    message: `The plugin "${plugin}" may not reach "${name}". Its manifest has to list it under chatter.permissions.${kind}; redirects are not followed for it.`,
  });
