export { defineTool, type PlainToolOutline } from './define-tool.js';
export { isToolExport, toTool } from './to-tool.js';
export type { Tool, ToolContext, ToolDefinition, ToolEffects, ToolOutline } from './tool-definition.js';
export { type ToolClass, WorkflowTool, type WorkflowToolOptions } from './workflow-tool.js';
