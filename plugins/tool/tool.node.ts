import {
  BaseWorkflowNode,
  type ConfigFinding,
  Field,
  IsObject,
  IsOptional,
  IsString,
  Json,
  type JsonObject,
  type JsonValue,
  type NodeContext,
  type NodeResult,
  type ResolvedConfig,
  TOOLS_IDEMPOTENT,
  TOOLS_THAT_READ,
  WorkflowNode,
} from '@chatter/plugin-sdk';
import { arrivedCalls } from './tool-calls.js';

export class ToolConfig {
  @IsOptional()
  @IsString()
  @Field({
    label: 'Tool',
    help: 'The name of the tool. Without one, the tool calls that arrived are made.',
    min: 1,
    placeholder: 'calculator',
    aliases: ['tool', 'toolName'],
  })
  tool_name?: string;

  @IsOptional()
  @Json()
  @IsObject()
  @Field({
    label: 'Arguments',
    help: 'What the tool is given. They are checked against its own schema.',
    aliases: ['parameters', 'tool_arguments'],
  })
  arguments?: JsonObject;
}

/**
 * Calls a tool, or the tools that a model asked for.
 *
 * 1. With `tool_name`: that tool, and its result.
 * 2. Without: the calls that arrived in `tool_calls`, one after the other, and a list of their results. The first that
 *    fails fails the step.
 * 3. Which tools there are, and whether arguments fit, is decided where they are kept: what a model wrote is data here.
 */
@WorkflowNode({
  type: 'tool',
  version: 1,
  label: 'Tool',
  description: 'Calls a tool, or the tools that a model asked for.',
  category: 'integration',
  icon: 'tool',
  effects: { by: '/tool_name', read: [TOOLS_THAT_READ], else: 'write' },
  idempotent: { by: '/tool_name', among: [TOOLS_IDEMPOTENT] },
  ports: ['out'],
  aliases: { types: ['tools', 'execute_tools'] },
  config: ToolConfig,
})
export class ToolNode extends BaseWorkflowNode<ToolConfig> {
  async execute({ config, incoming, tools }: NodeContext<ToolConfig>): Promise<NodeResult> {
    const { tool_name: name, arguments: args = {} } = config;
    if (name !== undefined) return this.to('out', await tools.call(name, args), { metrics: used(1) }); // rule 1
    const results: JsonValue[] = [];
    for (const call of arrivedCalls(incoming)) results.push(await tools.call(call.name, call.arguments)); // rule 2
    return this.to('out', results, { metrics: used(results.length) });
  }

  validate({ tool_name: name, arguments: args }: ResolvedConfig): ConfigFinding[] {
    if (name !== undefined || args === undefined) return [];
    return [{ path: '/arguments', message: 'There are arguments, but no tool_name that they are for. Set tool_name.' }];
  }
}

const used = (calls: number) => ({ prompt_tokens: 0, completion_tokens: 0, cost_nano_usd: 0, tool_calls: calls });
