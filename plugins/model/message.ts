import { type JsonObject, type ModelMessage, NodeFailure } from '@chatter/plugin-sdk';
import { imagesOf } from './image.js';
import type { ModelMessageConfig } from './model.config.js';

/** A message of a config, as a model is told it. Throws `invalid_message`. */
export function messageOf(message: ModelMessageConfig): ModelMessage {
  const { role, content, images = [], tool_calls: toolCalls = [], tool_call_id: toolCallId, name } = message;
  switch (role) {
    case 'system':
      return { role, content };
    case 'user':
      return { role, content, ...(images.length > 0 && { images: imagesOf(images) }) };
    case 'assistant':
      return { role, content, ...(toolCalls.length > 0 && { toolCalls }) };
    case 'tool':
      if (toolCallId === undefined || name === undefined) {
        const message = 'A message of the role "tool" needs tool_call_id and name: which call it answers.';
        throw new NodeFailure({ code: 'invalid_message', message });
      }
      return { role, content, toolCallId, name };
  }
}

/** The other way round: a message as it stands in the config of a turn. */
export function configOf(message: ModelMessage): JsonObject {
  const { role, content } = message;
  switch (message.role) {
    case 'system':
      return { role, content };
    case 'user': {
      const images = message.images?.map(({ mime, data }) => ({ mime, data }));
      return { role, content, ...(images !== undefined && { images }) };
    }
    case 'assistant': {
      const calls = message.toolCalls?.map(({ id, name, arguments: given }) => ({ id, name, arguments: given }));
      return { role, content, ...(calls !== undefined && { tool_calls: calls }) };
    }
    case 'tool':
      return { role, content, tool_call_id: message.toolCallId, name: message.name };
  }
}
