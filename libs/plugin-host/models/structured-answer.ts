import { type JsonObject, type JsonValue, NodeFailure } from '#plugin-sdk';
import { checkResponseSchema, misfitOf } from './data-check.js';
import type { ProviderAnswer, ProviderRequest } from './provider.js';

/** One call to a provider. */
export type Ask = (request: ProviderRequest) => Promise<ProviderAnswer>;

/** With the data that its text is, where data was asked for. */
export interface CheckedAnswer extends ProviderAnswer {
  readonly data?: JsonValue;
}

/**
 * An answer that has the shape that was asked for.
 *
 * 1. Without a schema, or where the model asks for tools that it may use, the answer is taken as it is.
 * 2. An answer that does not fit is told what does not, and asked for once more, unheard.
 * 3. If that does not fit either: `model_answer_invalid`. It has been asked twice, and is not asked again.
 */
export async function structuredAnswer(request: ProviderRequest, ask: Ask, repair: Ask): Promise<CheckedAnswer> {
  const { responseSchema: schema } = request;
  if (schema !== null) checkResponseSchema(schema);
  const first = await ask(request);
  if (schema === null || asksForTools(request, first)) return first; // rule 1
  const read = readData(first.text, schema);
  if (read.misfit === null) return { ...first, data: read.data };
  const second = await repair(repairOf(request, first.text, read.misfit)); // rule 2
  const repaired = readData(second.text, schema);
  if (repaired.misfit !== null) throw invalid(repaired.misfit); // rule 3
  return { ...second, data: repaired.data };
}

const asksForTools = ({ tools = [] }: ProviderRequest, { toolCalls = [] }: ProviderAnswer): boolean =>
  tools.length > 0 && toolCalls.length > 0;

type Read = { readonly misfit: null; readonly data: JsonValue } | { readonly misfit: string };

function readData(text: string, schema: JsonObject): Read {
  const data = parsed(unfenced(text));
  if (data === undefined) return { misfit: 'It is no JSON.' };
  const misfit = misfitOf(data, schema);
  return misfit === null ? { misfit, data } : { misfit };
}

/** Models like to put JSON into a block of code. */
const unfenced = (text: string): string => /^\s*```(?:json)?\s*\n([^]*?)\n\s*```\s*$/.exec(text)?.[1] ?? text;

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

/** No tools: what is left to do is to write down the same as data. */
function repairOf({ tools: _tools, ...request }: ProviderRequest, text: string, misfit: string): ProviderRequest {
  const wish = `Your answer does not fit the JSON Schema that was asked for. ${misfit}\nAnswer again, with nothing but JSON that fits this schema:\n${JSON.stringify(request.responseSchema)}`;
  const said = text.trim() === '' ? [] : [{ role: 'assistant' as const, content: text }];
  return { ...request, messages: [...request.messages, ...said, { role: 'user', content: wish }] };
}

const invalid = (misfit: string): NodeFailure =>
  new NodeFailure({
    code: 'model_answer_invalid',
    message: `The model answered twice with data that does not fit the response schema. ${misfit}`,
  });
