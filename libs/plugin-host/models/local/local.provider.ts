import { type JsonObject, type JsonValue, type ModelMessage, NodeFailure } from '#plugin-sdk';
import { misfitOf } from '../data-check.js';
import type { CallOptions, ModelProvider, ProviderAnswer, ProviderRequest } from '../provider.js';
import { answerTo, lastOf } from './answer.js';
import { fillSchema } from './fill-schema.js';
import { tokensIn } from './text.js';
import { toolCallFor } from './tool-call.js';

/**
 * Answers without a network and without a key, by rules, the same each time. It is no language model and says so.
 *
 * Where a tool is offered and the text plainly asks for it, it asks for that one, once (see `toolCallFor`).
 *
 * Tokens are estimated (see `tokensIn`). An answer longer than `max_tokens` is cut and ends with the reason `length`;
 * data for a schema is never cut, and fits the schema or fails with `model_answer_invalid`.
 */
export class LocalProvider implements ModelProvider {
  readonly name = 'local';
  readonly servesOthers = false;
  readonly models = [
    {
      model: 'extractive-1',
      description:
        'Built in, deterministic, needs no key and no network. No language model: it classifies by words, summarises by choosing sentences, fills schemas from the text, quotes documents, and asks for a tool where the text plainly does.',
      features: { tools: true, structured_output: true, streaming: true },
    },
  ];

  async generate(request: ProviderRequest, { signal, onText }: CallOptions): Promise<ProviderAnswer> {
    const { messages, responseSchema: schema, maxTokens, tools = [] } = request;
    const promptTokens = messages.reduce((sum, { content }) => sum + tokensIn(content), 0);
    const call = toolCallFor(messages, tools);
    if (call !== null) {
      const completionTokens = tokensIn(JSON.stringify(call));
      return { text: '', toolCalls: [call], finishReason: 'tool-calls', promptTokens, completionTokens };
    }
    const data = schema === null ? undefined : dataOf(schema, textOf(messages));
    const whole = data === undefined ? answerTo(messages) : JSON.stringify(data);
    const text = data === undefined && maxTokens !== null ? whole.slice(0, maxTokens * 4) : whole;
    if (onText !== undefined) await speak(text, signal, onText);
    return {
      text,
      finishReason: text.length < whole.length ? 'length' : 'stop',
      promptTokens,
      completionTokens: tokensIn(text),
    };
  }
}

/** What data is made from: the user's last word, and what tools came to after it. */
const textOf = (messages: readonly ModelMessage[]): string => {
  const asked = messages.findLastIndex(({ role }) => role === 'user');
  const results = messages.slice(Math.max(asked, 0)).filter(({ role }) => role === 'tool');
  return [lastOf(messages, 'user'), ...results.map(({ content }) => content)].join('\n');
};

/** Rules cannot fill every schema. What they could not is told, and is the same the next time. */
function dataOf(schema: JsonObject, text: string): JsonValue {
  const data = fillSchema(schema, text);
  if (misfitOf(data, schema) === null) return data;
  throw new NodeFailure({
    code: 'model_answer_invalid',
    message:
      'The local model found nothing in the text that fits the response schema. Loosen it, or use a language model.',
  });
}

/** Word by word, and others get their turn in between. */
async function speak(text: string, signal: AbortSignal, onText: (text: string) => void): Promise<void> {
  for (const word of text.match(/\S+\s*|\s+/g) ?? []) {
    if (signal.aborted)
      throw new NodeFailure({
        code: 'model_timeout',
        message: 'The answer was no longer waited for.',
        retryable: true,
      });
    onText(word);
    await new Promise((next) => setImmediate(next));
  }
}
