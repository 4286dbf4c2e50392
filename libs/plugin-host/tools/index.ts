export type { InstalledTool } from './installed-tool.js';
export type { RegisteredTool, ToolCall } from './registered-tool.js';
export {
  type ListedTool,
  MAX_TOOL_RESULT_BYTES,
  ToolRegistry,
  type ToolRegistryParts,
  type ToolSource,
} from './tool-registry.js';
export { type McpServerConfig, readMcpServers } from './mcp/mcp-config.js';
export type { McpServerStatus } from './mcp/mcp-server.js';
export { McpServers } from './mcp/mcp-servers.js';
