import {
  type ModelServer,
  type Protocol,
  type Said,
  startModelServer,
  textOfArguments,
  usage as used,
  wordsOf,
} from './model-server.js';

export type { ChatCall, ModelServer as OpenAiServer, Script } from './model-server.js';

/** A server of OpenAI's chat completions. */
export const startOpenAiServer = (): Promise<ModelServer> => startModelServer(chatCompletions);

const head = { id: 'chatcmpl-1', created: 1, model: 'test-model' };

const usage = {
  prompt_tokens: used.prompt,
  completion_tokens: used.completion,
  total_tokens: used.prompt + used.completion,
};

const chunk = (delta: object, finish: string | null = null): string =>
  event({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }] });

const event = (data: object): string => `data: ${JSON.stringify(data)}\n\n`;

const callsOf = ({ toolCalls = [] }: Said): object[] =>
  toolCalls.map((call, index) => ({
    index,
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: textOfArguments(call) },
  }));

const reasonOf = ({ toolCalls = [] }: Said): string => (toolCalls.length > 0 ? 'tool_calls' : 'stop');

const chatCompletions: Protocol = {
  whole: (said) => ({
    ...head,
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: said.text, ...(said.toolCalls && { tool_calls: callsOf(said) }) },
        finish_reason: reasonOf(said),
      },
    ],
    ...(said.usage !== false && { usage }),
  }),
  streamed: (said) => [
    ...wordsOf(said.text).map((content) => chunk({ content })),
    ...callsOf(said).map((call) => chunk({ tool_calls: [call] })),
    chunk({}, reasonOf(said)),
    ...(said.usage === false ? [] : [event({ ...head, object: 'chat.completion.chunk', choices: [], usage })]),
    'data: [DONE]\n\n',
  ],
  begun: (content) => chunk({ content }),
  broken: 'data: {"error":{"message":"overloaded","type":"test"}}\n\ndata: [DONE]\n\n',
  refused: { error: { message: 'refused', type: 'test' } },
};
