import {
  type FinishReason,
  generateText,
  jsonSchema,
  type LanguageModelUsage,
  Output,
  streamText,
  wrapLanguageModel,
} from 'ai';
import type { JsonObject, ModelToolCall } from '#plugin-sdk';
import type { CallOptions, ModelProvider, ProviderAnswer, ProviderRequest } from '../provider.js';
import { failureOf, unreadableToolCall } from './failures.js';
import { sdkMessages, sdkTools } from './messages.js';

/** The library writes what a server does not support to the console, which is not its own. */
(globalThis as { AI_SDK_LOG_WARNINGS?: boolean }).AI_SDK_LOG_WARNINGS = false;

export interface ServedModels {
  readonly name: string;
  readonly models: ModelProvider['models'];
  /** The library's client for a model by name. */
  readonly modelNamed: (model: string) => ServedModel;
  /** The server refuses a talk that begins with an answer. Default false. */
  readonly userFirst?: boolean;
  /** What the library is to know of a protocol where data of a schema is asked for. */
  readonly optionsFor?: (schema: JsonObject) => Readonly<Record<string, JsonObject>>;
}

type ServedModel = Parameters<typeof wrapLanguageModel>[0]['model'];

interface Told {
  readonly text: string;
  readonly toolCalls: readonly { readonly toolCallId: string; readonly toolName: string; readonly input: unknown }[];
  readonly finishReason: FinishReason;
  readonly usage: LanguageModelUsage;
}

/**
 * Models behind a server: what all protocols have in common.
 *
 * Each call is one request: the engine tries again, nobody else. What the server uses is what it says; a server that
 * says nothing counts as 0 tokens.
 */
export class ServedProvider implements ModelProvider {
  readonly name: string;
  readonly models: ModelProvider['models'];
  readonly servesOthers = true;

  constructor(private readonly served: ServedModels) {
    this.name = served.name;
    this.models = served.models;
  }

  async generate(request: ProviderRequest, { signal, onText }: CallOptions): Promise<ProviderAnswer> {
    try {
      const call = this.callOf(request, signal);
      return answerOf(onText === undefined ? await generateText(call) : await streamed(call, onText));
    } catch (error) {
      throw failureOf(error, signal, Date.now());
    }
  }

  private callOf(request: ProviderRequest, signal: AbortSignal) {
    const { messages, temperature, maxTokens, responseSchema } = request;
    const { mayCall, ...tools } = sdkTools(request);
    const model = this.served.modelNamed(request.model);
    return {
      model: mayCall ? model : withoutCalls(model),
      messages: sdkMessages(messages, this.served.userFirst ?? false),
      ...tools,
      allowSystemInMessages: true,
      maxRetries: 0,
      abortSignal: signal,
      ...(temperature === null ? {} : { temperature }),
      ...(maxTokens === null ? {} : { maxOutputTokens: maxTokens }),
      ...(responseSchema === null ? {} : this.structured(responseSchema)),
    };
  }

  private structured(schema: JsonObject) {
    const { optionsFor } = this.served;
    return { output: dataAsText(schema), ...(optionsFor !== undefined && { providerOptions: optionsFor(schema) }) };
  }
}

/** Told to call no tool. The library would throw away the answer of a model that does it all the same, so only the server is told. */
const withoutCalls = (model: ServedModel): ServedModel =>
  wrapLanguageModel({
    model,
    middleware: {
      specificationVersion: 'v4',
      transformParams: async ({ params }) => ({ ...params, toolChoice: { type: 'none' } }),
    },
  });

/** Asks the server for data of the schema, and takes it as text: whether it fits is checked for all providers alike. */
function dataAsText(schema: JsonObject) {
  const output = Output.object({ schema: jsonSchema<JsonObject>(schema) });
  return { ...output, parseCompleteOutput: async () => ({}) };
}

/** The answer part by part. A part that tells of an error ends it: half an answer is none. */
async function streamed(call: Parameters<typeof streamText>[0], onText: (text: string) => void): Promise<Told> {
  let text = '';
  const toolCalls: Told['toolCalls'][number][] = [];
  const silent = (): void => undefined; // what went wrong comes as a part of the stream
  for await (const part of streamText({ ...call, onError: silent }).stream) {
    if (part.type === 'error') throw part.error;
    if (part.type === 'text-delta') {
      text += part.text;
      onText(part.text);
    }
    if (part.type === 'tool-call') toolCalls.push(part);
    if (part.type === 'finish') return { text, toolCalls, finishReason: part.finishReason, usage: part.totalUsage };
  }
  throw new Error('it ended before it was finished');
}

function answerOf({ text, toolCalls, finishReason, usage }: Told): ProviderAnswer {
  return {
    text,
    ...(toolCalls.length > 0 && { toolCalls: toolCalls.map(toolCallOf) }),
    finishReason,
    promptTokens: usage.inputTokens ?? 0,
    completionTokens: usage.outputTokens ?? 0,
  };
}

function toolCallOf({ toolCallId: id, toolName: name, input }: Told['toolCalls'][number]): ModelToolCall {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) throw unreadableToolCall(name);
  return { id, name, arguments: input as JsonObject };
}
