import {
  type AttemptUsage,
  BaseWorkflowNode,
  type ConfigFinding,
  type ConversationMemory,
  type ConversationMessage,
  type JsonObject,
  type NodeContext,
  NodeFailure,
  type NodeResult,
  type ResolvedConfig,
  WorkflowNode,
} from '@chatter/plugin-sdk';
import { MemoryConfig } from './memory.config.js';
import { summaryRequest } from './summary.js';

/** These end the execution, or this attempt, whatever they were met at. */
const ENDING = ['cancelled', 'timeout', 'max_total_tokens', 'max_cost'];

/**
 * What was said in the conversation of this execution.
 *
 * 1. `load` gives the last messages before this execution's own, and a summary of those before them.
 * 2. A summary that does not cover enough is made anew by the execution's model, from the old one and what it lacks.
 * 3. A summary that cannot be made now is no reason not to answer: the old one is given, and a warning.
 * 4. `store` puts messages behind all that was said.
 */
@WorkflowNode({
  type: 'memory',
  version: 1,
  label: 'Memory',
  description: 'Loads what was said before in the conversation, or stores messages in it.',
  category: 'model',
  icon: 'history',
  effects: { by: '/operation', read: ['load'], else: 'write' },
  idempotent: true,
  ports: ['out'],
  aliases: { config: { window: 'memory_window', summarise: 'summarize' } },
  config: MemoryConfig,
})
export class MemoryNode extends BaseWorkflowNode<MemoryConfig> {
  async execute(context: NodeContext<MemoryConfig>): Promise<NodeResult> {
    return context.config.operation === 'store' ? this.store(context) : this.load(context);
  }

  validate({ operation = 'load', messages }: ResolvedConfig): ConfigFinding[] {
    if (operation === 'store' && messages === undefined)
      return [{ path: '/messages', message: 'Say what to store: messages is missing.' }];
    if (operation === 'load' && messages !== undefined)
      return [{ path: '/messages', message: 'load uses no messages. Leave them out.', severity: 'warning' }];
    return [];
  }

  private async load(context: NodeContext<MemoryConfig>): Promise<NodeResult> {
    const { config, conversation } = context;
    const { memory_window: window, summarize } = config;
    const memory = await conversation.load({ window, summarize });
    if (memory.unsummarised === null) return this.to('out', shown(memory.messages, memory.summary));
    try {
      const { summary, metrics } = await summarised(context, memory.summary, memory.unsummarised); // rule 2
      return this.to('out', shown(memory.messages, summary), { metrics });
    } catch (error) {
      if (!(error instanceof NodeFailure) || ENDING.includes(error.code)) throw error;
      const warnings = [`The summary could not be brought up to date: ${error.message}`]; // rule 3
      return this.to('out', shown(memory.messages, memory.summary), { warnings });
    }
  }

  private async store({ config: { messages = [] }, conversation }: NodeContext<MemoryConfig>): Promise<NodeResult> {
    const said = messages.map(({ role, content }) => ({ role, content }));
    await conversation.store(said);
    return this.to('out', shown(said, null));
  }
}

async function summarised(
  { models, conversation }: NodeContext<MemoryConfig>,
  before: string | null,
  { messages, upTo }: NonNullable<ConversationMemory['unsummarised']>,
): Promise<{ readonly summary: string; readonly metrics: AttemptUsage }> {
  const answer = await models.generate(summaryRequest(before, messages));
  const summary = answer.text.trim();
  if (summary !== '') await conversation.summarised(summary, upTo);
  const metrics = {
    prompt_tokens: answer.promptTokens,
    completion_tokens: answer.completionTokens,
    cost_nano_usd: answer.costNanoUsd,
    tool_calls: 0,
    model: `${answer.provider}/${answer.model}`,
  };
  return { summary: summary === '' ? (before ?? '') : summary, metrics };
}

const shown = (messages: readonly ConversationMessage[], summary: string | null): JsonObject => ({
  messages: messages.map(({ role, content }) => ({ role, content })),
  summary: summary === '' ? null : summary,
});
