import {
  type ModelServer,
  type Protocol,
  type Said,
  startModelServer,
  textOfArguments,
  usage as used,
  wordsOf,
} from './model-server.js';

/** A server of Anthropic's messages. */
export const startAnthropicServer = (): Promise<ModelServer> => startModelServer(messages);

const head = { id: 'msg_1', type: 'message', role: 'assistant', model: 'test-model', stop_sequence: null };

const event = (data: { readonly type: string }): string => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;

const usageOf = ({ usage }: Said): object =>
  usage === false
    ? { input_tokens: 0, output_tokens: 0 }
    : { input_tokens: used.prompt, output_tokens: used.completion };

const reasonOf = ({ toolCalls = [] }: Said): string => (toolCalls.length > 0 ? 'tool_use' : 'end_turn');

const started = (input_tokens: number): string =>
  event({
    type: 'message_start',
    message: { ...head, content: [], stop_reason: null, usage: { input_tokens, output_tokens: 0 } },
  } as { type: string });

const block = (index: number, content_block: object, deltas: readonly object[]): string[] => [
  event({ type: 'content_block_start', index, content_block } as { type: string }),
  ...deltas.map((delta) => event({ type: 'content_block_delta', index, delta } as { type: string })),
  event({ type: 'content_block_stop', index } as { type: string }),
];

const textBlock = (text: string): string[] =>
  block(
    0,
    { type: 'text', text: '' },
    wordsOf(text).map((word) => ({ type: 'text_delta', text: word })),
  );

const messages: Protocol = {
  whole: (said) => ({
    ...head,
    content: [
      ...(said.text === '' ? [] : [{ type: 'text', text: said.text }]),
      ...(said.toolCalls ?? []).map(({ id, name, arguments: input }) => ({ type: 'tool_use', id, name, input })),
    ],
    stop_reason: reasonOf(said),
    usage: usageOf(said),
  }),
  streamed: (said) => [
    started(said.usage === false ? 0 : used.prompt),
    ...textBlock(said.text),
    ...(said.toolCalls ?? []).flatMap((call, index) =>
      block(index + 1, { type: 'tool_use', id: call.id, name: call.name, input: {} }, [
        { type: 'input_json_delta', partial_json: textOfArguments(call) },
      ]),
    ),
    event({
      type: 'message_delta',
      delta: { stop_reason: reasonOf(said), stop_sequence: null },
      usage: { output_tokens: said.usage === false ? 0 : used.completion },
    } as { type: string }),
    event({ type: 'message_stop' }),
  ],
  begun: (text) => started(used.prompt) + textBlock(text).slice(0, -1).join(''),
  broken: event({ type: 'error', error: { type: 'overloaded_error', message: 'overloaded' } } as { type: string }),
  refused: { type: 'error', error: { type: 'test', message: 'refused' } },
};
