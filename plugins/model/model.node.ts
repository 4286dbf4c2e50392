import {
  BaseWorkflowNode,
  type CallState,
  type CallStep,
  type ConfigFinding,
  type ModelRequest,
  type ModelTool,
  type NodeContext,
  type NodeResult,
  type ResolvedConfig,
  WorkflowNode,
} from '@chatter/plugin-sdk';
import { outputOf, usageOf } from './answer.js';
import { ModelConfig } from './model.config.js';
import { talkOf } from './talk.js';
import { CALLED_TYPES, nextTurn } from './turns.js';

/**
 * A language model.
 *
 * Without tools it is one call. With `tools` it is a talk: each turn and each tool call is a step of its own, and this
 * node asks for them one after the other. With `run_tools` off it is one call again, and what the model asks for is the
 * output.
 */
@WorkflowNode({
  type: 'model',
  version: 1,
  label: 'Model',
  description: 'Asks a language model, lets it use tools, and gives on its answer.',
  category: 'model',
  icon: 'sparkles',
  effects: 'read',
  ports: ['out', { name: 'tool_calls', if: '/run_tools', is: false }],
  textAt: '/text',
  streams: true,
  aliases: { types: ['llm', 'call_model'], config: { system_prompt: 'system_message' } },
  config: ModelConfig,
})
export class ModelNode extends BaseWorkflowNode<ModelConfig> {
  async execute(context: NodeContext<ModelConfig>): Promise<NodeResult> {
    const { config, incoming, models, emitToken } = context;
    const { offered, warnings } = toolsFor(context);
    const request: ModelRequest = {
      provider: config.provider ?? null,
      model: config.model ?? null,
      messages: talkOf(config, incoming),
      temperature: config.temperature ?? null,
      maxTokens: config.max_tokens ?? null,
      responseSchema: config.response_schema ?? null,
      ...(offered.length > 0 && { tools: offered }),
      stream: config.stream,
    };
    const answer = await models.generate(request, config.stream ? (text) => emitToken(text) : undefined);
    const asks = (answer.toolCalls ?? []).length > 0 && !config.run_tools;
    const more = { metrics: usageOf(answer), ...(warnings.length > 0 && { warnings }) };
    return this.to(asks ? 'tool_calls' : 'out', outputOf(answer), more);
  }

  /** Tools that an expression names may turn out to be none: then it is a talk of one turn. */
  callsSteps({ tools, run_tools }: ResolvedConfig): readonly string[] {
    const none = tools === undefined || tools === null || (Array.isArray(tools) && tools.length === 0);
    return none || run_tools === false ? [] : CALLED_TYPES;
  }

  nextCalls(config: ModelConfig, state: CallState): CallStep {
    return nextTurn(config, state);
  }

  validate({ prompt, messages, images, tools, use_memory, use_context }: ResolvedConfig): ConfigFinding[] {
    const isNone = (list: unknown): boolean => list === undefined || (Array.isArray(list) && list.length === 0);
    const findings: ConfigFinding[] = [];
    if (isNone(messages) && isNone(images) && (prompt === undefined || prompt === '')) {
      findings.push({
        path: '/prompt',
        message: "There is nothing to ask: set prompt (the user's text), or messages.",
      });
    }
    if (Array.isArray(tools) && new Set(tools).size < tools.length)
      findings.push({ path: '/tools', message: 'A tool stands twice. Name each once.' });
    if (typeof use_memory === 'number' || Array.isArray(use_memory))
      findings.push({ path: '/use_memory', message: "Write true, or a memory node's output." });
    if (typeof use_context === 'number')
      findings.push({ path: '/use_context', message: 'Write true, or a list of documents.' });
    return findings;
  }
}

/** The tools of the config that this execution may use; one that it may not is not offered, which is warned of. */
function toolsFor(context: Pick<NodeContext<ModelConfig>, 'config' | 'tools'>): {
  readonly offered: readonly ModelTool[];
  readonly warnings: readonly string[];
} {
  const wanted = context.config.tools ?? [];
  if (wanted.length === 0) return { offered: [], warnings: [] };
  const usable = context.tools.list();
  const offered = usable.filter(({ name }) => wanted.includes('*') || wanted.includes(name));
  const missing = wanted.filter((name) => name !== '*' && !usable.some((tool) => tool.name === name));
  return {
    offered: offered.map(({ name, description, argumentsSchema }) => ({ name, description, argumentsSchema })),
    warnings: missing.map((name) => `There is no tool "${name}" that this execution may use. It was not offered.`),
  };
}
