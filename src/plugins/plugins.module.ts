import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Global, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import {
  bindHttp,
  EgressClient,
  type LoadedPlugins,
  loadPlugins,
  McpServers,
  type McpServerStatus,
  Models,
  type ModelsOptions,
  NodeCatalogue,
  NodeRunner,
  type OutsideClients,
  ToolRegistry,
  withSecrets,
} from '#plugin-host';
import { mayCall } from '#runtime';
import { EventStore, Leases } from '#event-store';
import { WorkflowValidator } from '#validation';
import type { Logger } from 'pino';
import { ConfigurationRefused, ENVIRONMENT, type Environment } from '../config/environment.js';
import { LOG } from '../config/log.js';
import { Secrets } from '../secrets/secrets.js';
import { ConversationClients } from './conversation-clients.js';
import { DocumentClients } from './document-clients.js';
import { LOADED_PLUGINS } from './loaded-plugins.js';
import { PluginRecord } from './plugin-record.js';
import { PluginsController } from './plugins.controller.js';
import { serverFacts } from './server-facts.js';
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

function tell(log: Logger, { available, ...status }: McpServerStatus, stderr: string): void {
  if (available && status.problems.length === 0) log.info(status, 'An MCP server is there');
  else if (available) log.warn(status, 'An MCP server is there, but not all of its tools are used');
  else log.warn({ ...status, stderr }, 'An MCP server is away');
}

/** Runs nodes: what there is, and what it may reach outside with. */
@Global()
@Module({
  controllers: [PluginsController, ToolsController],
  providers: [
    {
      provide: LOADED_PLUGINS,
      inject: [ENVIRONMENT, LOG],
      useFactory: async ({ pluginsDir, pluginMode }: Environment, log: Logger) => {
        const outside = pluginsDir !== null && existsSync(pluginsDir) ? { outside: pluginsDir } : {};
        const loaded = await loadPlugins({ builtIn: builtIns, mode: pluginMode, ...outside });
        for (const plugin of loaded.refused) log.warn(plugin, 'A plugin was refused');
        return loaded;
      },
    },
    {
      provide: PluginRecord,
      inject: [EventStore, LOADED_PLUGINS, LOG],
      useFactory: (store: EventStore, { plugins }: LoadedPlugins, log: Logger) => new PluginRecord(store, plugins, log),
    },
    { provide: NodeCatalogue, inject: [LOADED_PLUGINS], useFactory: ({ catalogue }: LoadedPlugins) => catalogue },
    {
      provide: McpServers,
      inject: [ENVIRONMENT, EgressClient, LOG],
      useFactory: async ({ mcpServers }: Environment, egress: EgressClient, log: Logger) => {
        const servers = new McpServers(mcpServers, { egress, onChange: (status, said) => tell(log, status, said) });
        await servers.start();
        return servers;
      },
    },
    {
      provide: ToolRegistry,
      inject: [LOADED_PLUGINS, McpServers],
      useFactory: ({ tools, toolNames: names }: LoadedPlugins, servers: McpServers) =>
        new ToolRegistry({ tools, names, sources: servers.sources() }),
    },
    {
      provide: EgressClient,
      inject: [ENVIRONMENT, Leases],
      useFactory: ({ egressAllow }: Environment, leases: Leases) =>
        new EgressClient({ allow: [...egressAllow], mayCall: mayCall(leases) }),
    },
    {
      provide: Models,
      inject: [ENVIRONMENT, EgressClient],
      useFactory: (environment: Environment, egress: EgressClient) => makeModels(modelsOf(environment, egress)),
    },
    {
      provide: NodeRunner,
      inject: [EgressClient, Models, ConversationClients, DocumentClients, ToolRegistry, Secrets],
      useFactory: (
        egress: EgressClient,
        models: Models,
        conversations: ConversationClients,
        documents: DocumentClients,
        tools: ToolRegistry,
        secrets: Secrets,
      ) => {
        const clients: OutsideClients = {
          http: (step) => withSecrets(bindHttp(egress, step.signal), step, secrets),
          models: ({ signal, defaults, budget }) => models.clientFor({ signal, defaults: defaults ?? {}, budget }),
          conversation: (step) => conversations.for(step),
          documents: (step) => documents.for(step),
        };
        return new NodeRunner({ ...clients, tools: (step) => tools.clientFor(step, clients) });
      },
    },
    {
      provide: WorkflowValidator,
      inject: [NodeCatalogue, Models, ToolRegistry, ENVIRONMENT],
      useFactory: (catalogue: NodeCatalogue, models: Models, tools: ToolRegistry, { egressAllow }: Environment) =>
        new WorkflowValidator(catalogue.types(), { egressAllow, facts: () => serverFacts(catalogue, models, tools) }),
    },
  ],
  exports: [NodeCatalogue, McpServers, ToolRegistry, EgressClient, Models, NodeRunner, WorkflowValidator],
})
export class PluginsModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly servers: McpServers,
    private readonly record: PluginRecord,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.record.write();
  }

  /** After the steps in flight have ended. */
  async onApplicationShutdown(): Promise<void> {
    this.record.stop();
    await this.servers.close();
  }
}
