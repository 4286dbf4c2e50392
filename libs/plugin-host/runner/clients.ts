import {
  type ConversationClient,
  type DocumentClient,
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

/**
 * HTTP as this step may use it.
 *
 * 1. A step without effects outside gets a client that refuses (`effect_not_declared`).
 * 2. A plugin from outside reaches the hosts of its manifest and no others (`permission_missing`).
 */
export function httpFor(step: StepInvocation, { http }: OutsideClients): HttpClient {
  if (!reachesOut(step)) return { send: async () => undeclared(step, 'http') }; // rule 1
  const client = typeof http === 'function' ? http(step) : http;
  const { permissions, plugin } = step.node;
  if (permissions === undefined) return client;
  return {
    async send(request) {
      const host = URL.parse(request.url)?.hostname ?? '';
      if (!mayReach(permissions, host) || request.followRedirects) throw unpermitted(plugin.name, 'http', host); // rule 2
      return client.send(request);
    },
  };
}

/** Models as this step may use them: the same two rules. */
export function modelsFor(step: StepInvocation, { models }: OutsideClients): ModelClient {
  if (!reachesOut(step)) return { generate: async () => undeclared(step, 'models') };
  const client = typeof models === 'function' ? models(step) : models;
  const { permissions, plugin } = step.node;
  if (permissions === undefined) return client;
  return {
    async generate(request, onText) {
      if (!mayAsk(permissions, request)) throw unpermitted(plugin.name, 'models', modelNameOf(request));
      return client.generate(request, onText);
    },
  };
}

/** Tools as this step may use them. */
export const toolsFor = (step: StepInvocation, { tools }: OutsideClients): ToolClient =>
  clientFor(step, 'tools', tools, { list: () => [], call: async () => undeclared(step, 'tools') });

export const documentsFor = (step: StepInvocation, { documents }: OutsideClients): DocumentClient =>
  clientFor(step, 'documents', documents, { search: async () => undeclared(step, 'documents') });

export const conversationFor = (step: StepInvocation, { conversation }: OutsideClients): ConversationClient =>
  clientFor(step, 'conversation', conversation, {
    id: null,
    load: async () => undeclared(step, 'conversation'),
    summarised: async () => undeclared(step, 'conversation'),
    store: async () => undeclared(step, 'conversation'),
  });

/** Rule 1 for the clients that no manifest speaks of: a plugin from outside does not get them. */
function clientFor<T>(step: StepInvocation, name: string, client: ClientFor<T> | undefined, refusing: T): T {
  if (!reachesOut(step)) return refusing;
  if (client === undefined) throw new NodeFailure({ code: 'not_available', message: `This server has no ${name}.` });
  if (step.node.permissions !== undefined) throw unpermitted(step.node.plugin.name, name, name);
  return typeof client === 'function' ? (client as (step: StepInvocation) => T)(step) : client;
}

const reachesOut = ({ effects }: StepInvocation): boolean => effects === 'read' || effects === 'write';

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

function undeclared({ node }: StepInvocation, name: string): never {
  const { type, effects } = node.definition.descriptor;
  throw new NodeFailure({
    code: 'effect_not_declared',
    message: `"${type}" has the effects ${JSON.stringify(effects)} and may not use ${name}. Declare effects "read" or "write".`,
  });
}

const unpermitted = (plugin: string, kind: string, name: string): NodeFailure =>
  new NodeFailure({
    code: 'permission_missing',
    message: `The plugin "${plugin}" may not reach "${name}". Its manifest has to list it under chatter.permissions.${kind}; redirects are not followed for it.`,
  });
