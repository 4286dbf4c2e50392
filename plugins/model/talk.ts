import { type JsonValue, type ModelMessage, NodeFailure } from '@chatter/plugin-sdk';
import { contextMessage, documentsIn, rememberedIn } from './arrived.js';
import { imagesOf } from './image.js';
import { messageOf } from './message.js';
import type { ModelConfig } from './model.config.js';

/**
 * What the model is told, in order: the system's message, what is remembered, the talk so far, documents, and the prompt
 * with its images as the user's last word. Throws `empty_prompt` where there is nothing to ask.
 */
export function talkOf(config: ModelConfig, incoming: JsonValue): ModelMessage[] {
  const { system_message: system, messages = [], prompt = '', images = [] } = config;
  const asked = messages.map(messageOf);
  const documents = documentsIn(config.use_context, incoming);
  if (prompt === '' && images.length === 0 && !asked.some(({ role }) => role !== 'system')) throw nothingToAsk();
  return [
    ...(system ? [{ role: 'system', content: system } as const] : []),
    ...rememberedIn(config.use_memory, incoming),
    ...asked,
    ...(documents.length > 0 ? [contextMessage(documents)] : []),
    ...promptOf(prompt, images),
  ];
}

function promptOf(prompt: string, images: NonNullable<ModelConfig['images']>): ModelMessage[] {
  if (images.length > 0) return [{ role: 'user', content: prompt, images: imagesOf(images) }];
  return prompt === '' ? [] : [{ role: 'user', content: prompt }];
}

const nothingToAsk = (): NodeFailure =>
  new NodeFailure({
    code: 'empty_prompt',
    message: 'The prompt came out empty and there are no messages: there is nothing to ask.',
  });
