export { type CatalogueTypes, NodeCatalogue } from './catalogue.js';
export {
  type InstalledFrom,
  type InstalledNode,
  installedNode,
  type InstalledPlugin,
  type LoadedPlugin,
  type PluginPermissions,
  type ToolNames,
} from './installed-node.js';
export { type LoadedPlugins, loadPlugins, type LoadOptions, type RefusedPlugin } from './loader/load-plugins.js';
export { ENGINE_VERSION, type PluginManifest, SDK_VERSION } from './loader/manifest.js';
export type { ClientFor, OutsideClients } from './runner/clients.js';
export { MAX_BYTES as MAX_OUTPUT_BYTES, MAX_DEPTH as MAX_OUTPUT_DEPTH } from './runner/json-check.js';
export { NodeRunner, type NodeRunnerParts } from './runner/node-runner.js';
export { secretHostForm } from './runner/secret-hosts.js';
export { type SecretSource, type SecretUse, type SecretValue, withSecrets } from './runner/secrets.js';
export type { CallBudget, StepInvocation } from './runner/step-invocation.js';
export * from './http/index.js';
export * from './models/index.js';
export * from './tools/index.js';
