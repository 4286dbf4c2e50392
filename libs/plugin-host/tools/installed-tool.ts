import { configClassOf, type NodeLog, type ToolContext, type ToolDefinition } from '#plugin-sdk';
import { checksMoreThanSchema, classCheck } from '../config/class-check.js';
import { schemaCheck } from '../config/schema-check.js';
import type { InstalledFrom } from '../installed-node.js';
import { documentsFor, type Holder, httpFor } from '../runner/clients.js';
import { ofArguments, preparedArguments } from './arguments-check.js';
import type { RegisteredTool, ToolCall } from './registered-tool.js';

/** A tool of a plugin: always available. */
export type InstalledTool = RegisteredTool;

/** A plugin's tool, held to what its description and its plugin's manifest say. */
export function installedTool(definition: ToolDefinition, { plugin, permissions }: InstalledFrom): InstalledTool {
  const { name, description, effects, idempotent, argumentsSchema } = definition;
  const config = configClassOf(definition);
  const checks = [
    schemaCheck(argumentsSchema, ofArguments),
    ...(config !== undefined && checksMoreThanSchema(config) ? [classCheck(config, ofArguments.root)] : []),
  ];
  const holder: Holder = { name, effects, declared: effects, plugin: plugin.name, permissions };
  return {
    name,
    description,
    effects,
    idempotent,
    argumentsSchema,
    source: plugin.name,
    available: true,
    prepare: (args) => preparedArguments(name, args, argumentsSchema, checks),
    call: async (args, call) => definition.execute(contextOf(args, call, holder)),
  };
}

/** Clients are made when they are first looked at: who searches no documents does not need any. */
function contextOf(args: ToolContext['args'], call: ToolCall, holder: Holder): ToolContext {
  const { step, clients, idempotencyKey, now } = call;
  return {
    args,
    signal: step.signal,
    idempotencyKey,
    log: logOf(call),
    clock: { now: holder.effects === 'none' ? () => step.now : now },
    get http() {
      return httpFor(step, clients, holder);
    },
    get documents() {
      return documentsFor(step, clients, holder);
    },
  };
}

const logOf = ({ step }: ToolCall): NodeLog => ({
  debug: (message, fields) => step.onLog?.('debug', message, fields),
  info: (message, fields) => step.onLog?.('info', message, fields),
  warn: (message, fields) => step.onLog?.('warn', message, fields),
});
