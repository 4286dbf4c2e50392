import { createOpenAICompatible, type OpenAICompatibleProvider as Server } from '@ai-sdk/openai-compatible';
import { type FinishReason, generateText, jsonSchema, type LanguageModelUsage, Output, streamText } from 'ai';
import type { JsonObject, JsonValue } from '#plugin-sdk';
import { type EgressClient, portOf } from '../../http/index.js';
import { pricedModels } from '../price-table.js';
import type { CallOptions, ModelProvider, ProviderAnswer, ProviderRequest } from '../provider.js';
import { isOfSchema } from '../data-check.js';
import { failureOf, invalidOutput } from './failures.js';

export interface OpenaiCompatibleOptions {
  /** With its version, as in `http://127.0.0.1:11434/v1`. Its host is allowed, private or not. */
  readonly baseUrl: string;
  /** Sent as a bearer token; null for servers that want none. */
  readonly apiKey: string | null;
  readonly egress: EgressClient;
}

/** Whose models are known. What another server has, its operator knows. */
const OPENAI = 'api.openai.com';

interface Told {
  readonly text: string;
  readonly finishReason: FinishReason;
  readonly usage: LanguageModelUsage;
}

/**
 * Any server that speaks OpenAI's chat completions: OpenAI itself, Ollama, llama.cpp, vLLM, …
 *
 * Each call is one request: the engine tries again, nobody else. What the server uses is what it says; a server that
 * says nothing counts as 0 tokens.
 */
export class OpenaiCompatibleProvider implements ModelProvider {
  readonly name = 'openai';
  readonly servesOthers = true;
  readonly models: ModelProvider['models'];
  private readonly server: Server;

  constructor({ baseUrl, apiKey, egress }: OpenaiCompatibleOptions) {
    const url = new URL(baseUrl);
    this.models = url.hostname === OPENAI ? pricedModels().map(listed) : [];
    this.server = createOpenAICompatible({
      name: this.name,
      baseURL: baseUrl,
      ...(apiKey === null ? {} : { apiKey }),
      includeUsage: true,
      supportsStructuredOutputs: true,
      fetch: egress.allowing([`${url.hostname}:${portOf(url)}`]).fetch,
    });
  }

  async generate(request: ProviderRequest, { signal, onText }: CallOptions): Promise<ProviderAnswer> {
    const call = this.callOf(request, signal);
    try {
      const told = onText === undefined ? await generateText(call) : await streamed(call, onText);
      return answerOf(told, request.responseSchema);
    } catch (error) {
      throw failureOf(error, signal, Date.now());
    }
  }

  private callOf({ model, messages, temperature, maxTokens, responseSchema }: ProviderRequest, signal: AbortSignal) {
    return {
      model: this.server.chatModel(model),
      messages: messages.flatMap((message) =>
        message.role === 'tool' ? [] : [{ role: message.role, content: message.content } as const],
      ),
      allowSystemInMessages: true,
      maxRetries: 0,
      abortSignal: signal,
      ...(temperature === null ? {} : { temperature }),
      ...(maxTokens === null ? {} : { maxOutputTokens: maxTokens }),
      ...(responseSchema === null ? {} : { output: Output.object({ schema: jsonSchema<JsonObject>(responseSchema) }) }),
    };
  }
}

const listed = (model: string): ModelProvider['models'][number] => ({
  model,
  description: 'A model of OpenAI.',
  features: { tools: false, structured_output: true, streaming: true },
});

/** The answer part by part. A part that tells of an error ends it: half an answer is none. */
async function streamed(call: Parameters<typeof streamText>[0], onText: (text: string) => void): Promise<Told> {
  let text = '';
  const silent = (): void => undefined; // what went wrong comes as a part of the stream
  for await (const part of streamText({ ...call, onError: silent }).stream) {
    if (part.type === 'error') throw part.error;
    if (part.type === 'text-delta') {
      text += part.text;
      onText(part.text);
    }
    if (part.type === 'finish') return { text, finishReason: part.finishReason, usage: part.totalUsage };
  }
  throw new Error('it ended before it was finished');
}

function answerOf({ text, finishReason, usage }: Told, schema: JsonObject | null): ProviderAnswer {
  return {
    text,
    ...(schema === null ? {} : { data: dataIn(text, schema) }),
    finishReason,
    promptTokens: usage.inputTokens ?? 0,
    completionTokens: usage.outputTokens ?? 0,
  };
}

/** What a model says is data only when it has the shape that was asked for. */
function dataIn(text: string, schema: JsonObject): JsonValue {
  const data = parsed(text);
  if (data === undefined || !isOfSchema(data, schema)) throw invalidOutput();
  return data;
}

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}
