import type { JsonObject, JsonValue } from '#plugin-sdk';
import { bestLabel, centralSentence, labelsIn, sentencesOf, subjectOf, wordsOf } from './local-text.js';
import type { ModelProvider, ProviderAnswer, ProviderRequest } from './provider.js';

/**
 * Answers without a network and without a key, the same each time, so that workflows can be drawn and tried on a fresh
 * machine. It is no language model and says so: it picks labels by the words of a text, extracts sentences, fills a
 * schema from what it finds. Tokens are counted as words.
 */
export const localProvider: ModelProvider = {
  name: 'local',
  open: false,
  models: [
    {
      model: 'extractive-1',
      description:
        'Built in. Not a language model: picks labels, extracts sentences and fills schemas by fixed rules; the same answer each time.',
      features: { streaming: true, structured_output: true, tools: false },
    },
  ],

  async generate(request, signal, onText) {
    signal.throwIfAborted();
    const prompt = request.messages.filter(({ role }) => role === 'user').at(-1)?.content ?? '';
    const data = request.responseSchema === null ? undefined : filled(request.responseSchema, subjectOf(prompt));
    const whole = data === undefined ? answerTo(prompt) : JSON.stringify(data);
    const { text, finishReason } = cut(whole, request.maxTokens);
    if (onText) for (const chunk of text.match(/\S+\s*/g) ?? []) onText(chunk);
    return {
      text,
      ...(data !== undefined && { data }),
      finishReason,
      promptTokens: tokensIn(request),
      completionTokens: wordsOf(text).length,
    } satisfies ProviderAnswer;
  },
};

const tokensIn = ({ messages }: ProviderRequest): number =>
  messages.reduce((sum, { content }) => sum + wordsOf(content).length, 0);

function answerTo(prompt: string): string {
  const subject = subjectOf(prompt);
  const labels = labelsIn(prompt);
  if (labels.length > 1) return bestLabel(labels, subject);
  if (/\b(summari[sz]e|summary|shorten|tl;dr)\b/i.test(prompt)) return centralSentence(subject);
  if (subject === '') return 'There was nothing to answer.';
  const topic = sentencesOf(subject)[0] ?? subject;
  return `You wrote: “${topic}” I am the built-in stand-in, not a language model; set OPENAI_BASE_URL and MODEL_DEFAULT for real answers.`;
}

function cut(text: string, maxTokens: number | null): { text: string; finishReason: 'stop' | 'length' } {
  const words = text.match(/\S+\s*/g) ?? [];
  if (maxTokens === null || words.length <= maxTokens) return { text, finishReason: 'stop' };
  return { text: words.slice(0, maxTokens).join('').trimEnd(), finishReason: 'length' };
}

/** A value of this schema's form, from what stands in the text. */
function filled(schema: JsonObject, text: string): JsonValue {
  const choices = schema['enum'] as readonly JsonValue[] | undefined;
  if (choices) return choices.find((choice) => choice === bestLabel(choices.map(String), text)) ?? choices[0]!;
  switch (schema['type']) {
    case 'object': {
      const properties = (schema['properties'] ?? {}) as Record<string, JsonObject>;
      return Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, filled(part, text)]));
    }
    case 'array':
      return sentencesOf(text)
        .slice(0, Number(schema['maxItems'] ?? 5))
        .map((sentence) => filled((schema['items'] ?? { type: 'string' }) as JsonObject, sentence));
    case 'integer':
      return Math.trunc(numberIn(text));
    case 'number':
      return numberIn(text);
    case 'boolean':
      return !/\b(no|not|never|none|false)\b/i.test(text);
    case 'null':
      return null;
    default:
      return centralSentence(text);
  }
}

const numberIn = (text: string): number => Number(/-?\d+(?:\.\d+)?/.exec(text)?.[0] ?? 0);
