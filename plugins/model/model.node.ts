import {
  BaseWorkflowNode,
  type ConfigFinding,
  type JsonObject,
  type JsonValue,
  type ModelAnswer,
  type ModelMessage,
  type NodeContext,
  NodeFailure,
  type NodeResult,
  type ResolvedConfig,
  WorkflowNode,
} from '@chatter/plugin-sdk';
import { ModelConfig } from './model.config.js';

const NANO = 1_000_000_000;

/** One call to a language model. What is not configured here is the execution's or the server's to choose. */
@WorkflowNode({
  type: 'model',
  version: 1,
  label: 'Model',
  description: 'Asks a language model, and gives on its answer.',
  category: 'model',
  icon: 'sparkles',
  effects: 'read',
  ports: ['out'],
  textAt: '/text',
  streams: true,
  aliases: { types: ['llm', 'call_model'], config: { system_prompt: 'system_message' } },
  config: ModelConfig,
})
export class ModelNode extends BaseWorkflowNode<ModelConfig> {
  async execute({ config, models, emitToken }: NodeContext<ModelConfig>): Promise<NodeResult> {
    const request = {
      provider: config.provider ?? null,
      model: config.model ?? null,
      messages: messagesOf(config),
      temperature: config.temperature ?? null,
      maxTokens: config.max_tokens ?? null,
      responseSchema: config.response_schema ?? null,
      stream: config.stream,
    };
    const answer = await models.generate(request, config.stream ? (text) => emitToken(text) : undefined);
    return this.to('out', outputOf(answer), { metrics: usageOf(answer) });
  }

  validate({ prompt, messages }: ResolvedConfig): ConfigFinding[] {
    const silent = messages === undefined || (Array.isArray(messages) && messages.length === 0);
    if (silent && (prompt === undefined || prompt === '')) {
      return [{ path: '/prompt', message: "There is nothing to ask: set prompt (the user's text), or messages." }];
    }
    return [];
  }
}

/** What the model is told, in order: the system's message, the talk so far, the prompt as the user's last word. */
function messagesOf({ system_message: system, messages = [], prompt }: ModelConfig): ModelMessage[] {
  const said: ModelMessage[] = messages.map(({ role, content }) => ({ role, content }));
  if (prompt) said.push({ role: 'user', content: prompt });
  if (said.length === 0) {
    throw new NodeFailure({
      code: 'empty_prompt',
      message: 'The prompt came out empty and there are no messages: there is nothing to ask.',
    });
  }
  return system ? [{ role: 'system', content: system }, ...said] : said;
}

function outputOf(answer: ModelAnswer): JsonValue {
  const output: Record<string, JsonValue> = { text: answer.text };
  if (answer.data !== undefined) output['data'] = answer.data;
  return {
    ...output,
    tool_calls: [],
    finish_reason: answer.finishReason,
    usage: { prompt_tokens: answer.promptTokens, completion_tokens: answer.completionTokens },
    cost: answer.costNanoUsd / NANO,
    provider: answer.provider,
    model: answer.model,
  } satisfies JsonObject;
}

const usageOf = (answer: ModelAnswer) => ({
  prompt_tokens: answer.promptTokens,
  completion_tokens: answer.completionTokens,
  cost_nano_usd: answer.costNanoUsd,
  tool_calls: 0,
});
