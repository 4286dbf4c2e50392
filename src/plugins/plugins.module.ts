import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Global, Module } from '@nestjs/common';
import {
  bindHttp,
  EgressClient,
  type LoadedPlugins,
  loadPlugins,
  Models,
  type ModelsOptions,
  NodeCatalogue,
  NodeRunner,
  type OutsideClients,
  ToolRegistry,
} from '#plugin-host';
import { WorkflowValidator } from '#validation';
import type { Logger } from 'pino';
import { ConfigurationRefused, ENVIRONMENT, type Environment } from '../config/environment.js';
import { LOG } from '../config/log.js';
import { ConversationClients } from './conversation-clients.js';
import { DocumentClients } from './document-clients.js';
import { ToolsController } from './tools.controller.js';

/** Beside the compiled sources, or (in tests) beside the sources themselves. */
const builtIns = fileURLToPath(new URL('../../plugins', import.meta.url));

/** A default that there is not is a matter of the configuration, and said as such. */
function makeModels(options: ModelsOptions): Models {
  try {
    return new Models(options);
  } catch (error) {
    throw new ConfigurationRefused([(error as Error).message]);
  }
}

const modelsOf = (environment: Environment, egress: EgressClient): ModelsOptions => {
  const { modelDefault, openaiBaseUrl, openaiApiKey, anthropicApiKey, anthropicBaseUrl } = environment;
  return {
    default: modelDefault,
    openai: openaiBaseUrl === null ? null : { baseUrl: openaiBaseUrl, apiKey: openaiApiKey },
    anthropic: anthropicApiKey === null ? null : { apiKey: anthropicApiKey, baseUrl: anthropicBaseUrl },
    egress,
  };
};

const LOADED = Symbol('loaded plugins');

/** Runs nodes: what there is, and what it may reach outside with. */
@Global()
@Module({
  controllers: [ToolsController],
  providers: [
    {
      provide: LOADED,
      inject: [ENVIRONMENT, LOG],
      useFactory: async ({ pluginsDir, pluginMode }: Environment, log: Logger) => {
        const outside = pluginsDir !== null && existsSync(pluginsDir) ? { outside: pluginsDir } : {};
        const loaded = await loadPlugins({ builtIn: builtIns, mode: pluginMode, ...outside });
        for (const plugin of loaded.refused) log.warn(plugin, 'A plugin was refused');
        return loaded;
      },
    },
    { provide: NodeCatalogue, inject: [LOADED], useFactory: ({ catalogue }: LoadedPlugins) => catalogue },
    {
      provide: ToolRegistry,
      inject: [LOADED],
      useFactory: ({ tools, toolNames: names }: LoadedPlugins) => new ToolRegistry({ tools, names }),
    },
    {
      provide: EgressClient,
      inject: [ENVIRONMENT],
      useFactory: ({ egressAllow }: Environment) => new EgressClient({ allow: [...egressAllow] }),
    },
    {
      provide: Models,
      inject: [ENVIRONMENT, EgressClient],
      useFactory: (environment: Environment, egress: EgressClient) => makeModels(modelsOf(environment, egress)),
    },
    {
      provide: NodeRunner,
      inject: [EgressClient, Models, ConversationClients, DocumentClients, ToolRegistry],
      useFactory: (
        egress: EgressClient,
        models: Models,
        conversations: ConversationClients,
        documents: DocumentClients,
        tools: ToolRegistry,
      ) => {
        const clients: OutsideClients = {
          http: ({ signal }) => bindHttp(egress, signal),
          models: ({ signal, defaults, budget }) => models.clientFor({ signal, defaults: defaults ?? {}, budget }),
          conversation: (step) => conversations.for(step),
          documents: (step) => documents.for(step),
        };
        return new NodeRunner({ ...clients, tools: (step) => tools.clientFor(step, clients) });
      },
    },
    {
      provide: WorkflowValidator,
      inject: [NodeCatalogue, ENVIRONMENT],
      useFactory: (catalogue: NodeCatalogue, { egressAllow }: Environment) =>
        new WorkflowValidator(catalogue.types(), { egressAllow }),
    },
  ],
  exports: [NodeCatalogue, ToolRegistry, EgressClient, Models, NodeRunner, WorkflowValidator],
})
export class PluginsModule {}
