import type { AssistantModelMessage, ModelMessage as SdkMessage, ToolSet, UserModelMessage } from 'ai';
import { jsonSchema, tool } from 'ai';
import type { JsonObject, ModelMessage, ModelTool } from '#plugin-sdk';
import type { ProviderRequest } from '../provider.js';

type Of<Role> = Extract<ModelMessage, { readonly role: Role }>;

/**
 * The talk in the library's words.
 *
 * 1. An answer that says nothing is left out: some servers refuse it.
 * 2. Where a server wants a talk to begin with its user (`userFirst`), an answer whose question is no longer there gets
 *    one that says so.
 */
export function sdkMessages(messages: readonly ModelMessage[], userFirst: boolean): SdkMessage[] {
  const said = messages.filter((message) => !isSilent(message)); // rule 1
  const first = said.findIndex(({ role }) => role !== 'system');
  if (!userFirst || said[first]?.role !== 'assistant') return said.map(sdkMessage);
  return said.toSpliced(first, 0, { role: 'user', content: '(What was said before is left out.)' }).map(sdkMessage); // rule 2
}

const isSilent = (message: ModelMessage): boolean =>
  message.role === 'assistant' && message.content === '' && (message.toolCalls ?? []).length === 0;

function sdkMessage(message: ModelMessage): SdkMessage {
  switch (message.role) {
    case 'system':
      return { role: 'system', content: message.content };
    case 'user':
      return userMessage(message);
    case 'assistant':
      return assistantMessage(message);
    case 'tool':
      return {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            toolCallId: message.toolCallId,
            toolName: message.name,
            output: { type: 'text', value: message.content },
          },
        ],
      };
  }
}

/** Images go as bytes: a text could be taken for an address, and fetched. */
function userMessage({ content, images = [] }: Of<'user'>): UserModelMessage {
  if (images.length === 0) return { role: 'user', content };
  const files = images.map(
    ({ mime, data }) => ({ type: 'file', mediaType: mime, data: Buffer.from(data, 'base64') }) as const,
  );
  return { role: 'user', content: content === '' ? files : [{ type: 'text', text: content }, ...files] };
}

function assistantMessage({ content, toolCalls = [] }: Of<'assistant'>): AssistantModelMessage {
  if (toolCalls.length === 0) return { role: 'assistant', content };
  const calls = toolCalls.map(
    ({ id, name, arguments: input }) => ({ type: 'tool-call', toolCallId: id, toolName: name, input }) as const,
  );
  return { role: 'assistant', content: content === '' ? calls : [{ type: 'text', text: content }, ...calls] };
}

/**
 * What the model may ask for.
 *
 * 1. The tools of the request, by name. Nothing is executed here: what the model asks for is the answer.
 * 2. A talk in which tools were called names them, though none is offered any more: some servers refuse it otherwise.
 *    The model is then told to call none (`mayCall`).
 */
export function sdkTools({ tools = [], messages }: Pick<ProviderRequest, 'tools' | 'messages'>): {
  readonly tools?: ToolSet;
  readonly mayCall: boolean;
} {
  if (tools.length > 0) return { tools: toolSet(tools), mayCall: true }; // rule 1
  const called = messages.flatMap((message) => (message.role === 'assistant' ? (message.toolCalls ?? []) : []));
  if (called.length === 0) return { mayCall: true };
  const known = called.map(({ name }) => ({ name, description: '', argumentsSchema: { type: 'object' } }));
  return { tools: toolSet(known), mayCall: false }; // rule 2
}

const toolSet = (tools: readonly ModelTool[]): ToolSet =>
  Object.fromEntries(
    tools.map(({ name, description, argumentsSchema }) => [
      name,
      tool({ description, inputSchema: jsonSchema<JsonObject>(argumentsSchema) }),
    ]),
  );
