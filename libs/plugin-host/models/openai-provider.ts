import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { NodeFailure, type JsonValue } from '#plugin-sdk';
import { APICallError, generateText, jsonSchema, NoObjectGeneratedError, Output, streamText } from 'ai';
import { fetch as fetchBy, type RequestInit } from 'undici';
import type { EgressClient } from '../http/egress-client.js';
import type { ModelProvider, ProviderAnswer, ProviderRequest } from './provider.js';

export interface OpenAiOptions {
  /** Such as `https://api.openai.com/v1`, or that of a server of your own. */
  readonly baseUrl: string;
  readonly apiKey: string | null;
  /** The way out: its rules hold for models too. */
  readonly egress: EgressClient;
}

/** Servers that speak the OpenAI protocol: OpenAI itself, Ollama, llama.cpp, vLLM, … Retries are the engine's, not the client's. */
export function openAiProvider({ baseUrl, apiKey, egress }: OpenAiOptions): ModelProvider {
  const server = createOpenAICompatible({
    name: 'openai',
    baseURL: baseUrl,
    includeUsage: true,
    supportsStructuredOutputs: true,
    ...(apiKey !== null && { apiKey }),
    fetch: ((url: string, init: RequestInit) =>
      fetchBy(url, { ...init, dispatcher: egress.dispatcher, redirect: 'error' })) as unknown as typeof fetch,
  });
  return {
    name: 'openai',
    open: true,
    models: [],
    async generate(request, signal, onText) {
      const options = optionsFor(server(request.model), request, signal);
      try {
        return request.stream && onText && request.responseSchema === null
          ? await streamed(options, onText)
          : await whole(options, request);
      } catch (error) {
        throw asFailure(error, signal);
      }
    },
  };
}

type CallOptions = ReturnType<typeof optionsFor>;

function optionsFor(model: Parameters<typeof generateText>[0]['model'], request: ProviderRequest, signal: AbortSignal) {
  return {
    model,
    messages: request.messages.map(({ role, content }) => ({ role, content })),
    maxRetries: 0,
    abortSignal: signal,
    allowSystemInMessages: true,
    ...(request.temperature !== null && { temperature: request.temperature }),
    ...(request.maxTokens !== null && { maxOutputTokens: request.maxTokens }),
  };
}

async function whole(options: CallOptions, { responseSchema }: ProviderRequest): Promise<ProviderAnswer> {
  const output = responseSchema === null ? undefined : Output.object({ schema: jsonSchema(responseSchema as never) });
  const answer = await generateText({ ...options, ...(output && { output }) } as Parameters<typeof generateText>[0]);
  return {
    text: answer.text,
    ...(output && { data: answer.output as unknown as JsonValue }),
    finishReason: answer.finishReason,
    promptTokens: answer.usage.inputTokens ?? 0,
    completionTokens: answer.usage.outputTokens ?? 0,
  };
}

async function streamed(options: CallOptions, onText: (text: string) => void): Promise<ProviderAnswer> {
  let broken: unknown;
  const answer = streamText({
    ...options,
    onError: ({ error }: { error: unknown }) => void (broken = error),
  } as Parameters<typeof streamText>[0]);
  let text = '';
  for await (const chunk of answer.textStream) {
    text += chunk;
    onText(chunk);
  }
  if (broken !== undefined) throw broken;
  const usage = await answer.usage;
  return {
    text,
    finishReason: await answer.finishReason,
    promptTokens: usage.inputTokens ?? 0,
    completionTokens: usage.outputTokens ?? 0,
  };
}

function asFailure(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  const cause = (error as { cause?: unknown }).cause;
  if (error instanceof NodeFailure) return error;
  if (cause instanceof NodeFailure) return cause;
  if (NoObjectGeneratedError.isInstance(error)) {
    return new NodeFailure({
      code: 'model_invalid_output',
      message: 'The model did not answer in the form of response_schema.',
      retryable: true,
    });
  }
  if (!APICallError.isInstance(error)) return unavailable((error as Error).message);
  const { statusCode, responseHeaders } = error;
  if (statusCode === 429) {
    const seconds = Number(responseHeaders?.['retry-after']);
    const retryAfterMs = Number.isFinite(seconds) ? seconds * 1_000 : undefined;
    return new NodeFailure({
      code: 'model_rate_limited',
      message: 'The model server asks for a rest.',
      retryable: true,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
  }
  if (statusCode === undefined || statusCode >= 500 || statusCode < 400)
    return unavailable(`its answer (${statusCode ?? 'none'}) was not whole`);
  if (statusCode === 401 || statusCode === 403)
    return new NodeFailure({ code: 'model_not_allowed', message: `The model server refused the key (${statusCode}).` });
  return new NodeFailure({
    code: 'model_invalid_request',
    message: `The model server refused the request (${statusCode}): ${error.message.slice(0, 300)}`,
  });
}

const unavailable = (why: string): NodeFailure =>
  new NodeFailure({
    code: 'model_unavailable',
    message: `The model server could not answer: ${why}.`,
    retryable: true,
  });
