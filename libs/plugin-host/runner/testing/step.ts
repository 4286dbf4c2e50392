import {
  defineNode,
  type Effects,
  field,
  type Fields,
  type HttpClient,
  type ModelClient,
  type NodeResult,
  type TaskOutline,
} from '#plugin-sdk';
import { installedNode, type InstalledNode, type PluginPermissions } from '../../installed-node.js';
import { NodeRunner } from '../node-runner.js';
import type { StepInvocation } from '../step-invocation.js';

export const plugin = { name: '@test/it', version: '1.0.0', digest: 'd1', source: 'outside' } as const;
export type Execute = TaskOutline<Fields>['execute'];

/** A node that does this. */
export function nodeOf(
  execute: Execute,
  effects: Effects = 'none',
  permissions?: PluginPermissions,
  ports: readonly string[] = ['out'],
): InstalledNode {
  const definition = defineNode({
    type: 'tested',
    label: 'Tested',
    category: 'data',
    effects: effects === 'wait' ? 'none' : effects,
    ports,
    config: { text: field.string().optional() },
    execute,
  });
  return installedNode(definition, { plugin, ...(permissions && { permissions }) });
}

/** One attempt of it. */
export const stepOf = (node: InstalledNode, changes: Partial<StepInvocation> = {}): StepInvocation => ({
  node,
  effects: node.definition.descriptor.effects as Effects,
  config: { text: 't' },
  incoming: 'in',
  input: { q: 1 },
  variables: { v: 1 },
  nodes: { a: { output: 1, status: 'succeeded' } },
  error: null,
  execution: { id: 'exec_1', type: 'custom', user: 'ada', started_at: '2026-01-01T00:00:00.000Z' },
  tenant: 'default',
  conversationId: null,
  secrets: [],
  budget: { reserve: () => undefined },
  nodeId: 'n',
  path: 'loop[0]/n',
  attempt: 2,
  idempotencyKey: 'exec_1/loop[0]/n',
  signal: new AbortController().signal,
  now: 1_000,
  seed: 'seed',
  ...changes,
});

export const request = {
  url: 'https://api.example.com/x',
  method: 'GET',
  headers: {},
  maxBytes: 1,
  followRedirects: false,
};
export const question = {
  provider: null,
  model: null,
  messages: [],
  temperature: null,
  maxTokens: null,
  responseSchema: null,
  stream: false,
};
export const unreachable: HttpClient & ModelClient = {
  send: () => Promise.reject(new Error('reached http')),
  generate: () => Promise.reject(new Error('reached models')),
};
export const runner = new NodeRunner({ http: unreachable, models: unreachable, now: () => 9_999 });
export const run = (execute: Execute, changes: Partial<StepInvocation> = {}): NodeResult | Promise<NodeResult> =>
  runner.run(stepOf(nodeOf(execute), changes));
export const runLater = async (execute: Execute, changes: Partial<StepInvocation> = {}): Promise<NodeResult> =>
  run(execute, changes);
