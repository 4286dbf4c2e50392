import type { ToolSource } from '../tool-registry.js';
import type { McpServerConfig } from './mcp-config.js';
import { McpServer, type McpServerOptions, type McpServerStatus } from './mcp-server.js';

/** How long a start waits for servers; who takes longer joins later. */
const START_MS = 5_000;

/** The MCP servers that the operator named. One that is away holds up nothing and nobody. */
export class McpServers {
  private readonly servers: readonly McpServer[];

  constructor(configs: readonly McpServerConfig[], options: McpServerOptions) {
    this.servers = configs.map((config) => new McpServer(config, options));
  }

  /** Done when each has been tried once, or after five seconds. */
  async start(): Promise<void> {
    if (this.servers.length === 0) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const enough = new Promise<void>((done) => (timer = setTimeout(done, START_MS)));
    await Promise.race([Promise.all(this.servers.map((server) => server.connect())), enough]);
    clearTimeout(timer);
  }

  sources(): readonly ToolSource[] {
    return this.servers;
  }

  status(): readonly McpServerStatus[] {
    return this.servers.map((server) => server.status());
  }

  async close(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.close()));
  }
}
