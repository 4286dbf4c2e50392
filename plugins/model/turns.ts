import type {
  CalledStep,
  CallEnd,
  CallState,
  CallStep,
  Failure,
  JsonObject,
  JsonValue,
  ModelMessage,
  ModelToolCall,
} from '@chatter/plugin-sdk';
import { type ModelOutput, usedBy } from './answer.js';
import { configOf } from './message.js';
import type { ModelConfig } from './model.config.js';
import { talkOf } from './talk.js';

/** The node types that turns call. */
export const CALLED_TYPES: readonly string[] = ['model', 'tool'];

/** A tool that fails by one of these is not told to the model: the execution is at its end. */
const LIMITS: readonly string[] = ['max_cost', 'max_total_tokens'];

/** More characters of a tool's result are not told to the model. */
const MOST_OF_A_RESULT = 20_000;

/** One thing that the model asked for, and what became of it. */
interface Asked {
  readonly call: ModelToolCall;
  readonly step: CalledStep | null;
  /** Why it is not called. */
  readonly refused: string | null;
}

/** What has been gathered up to a turn. */
interface Progress {
  readonly talk: ModelMessage[];
  readonly turns: ModelOutput[];
  readonly made: JsonObject[];
  /** How many tools the model has asked for. */
  asked: number;
  /** It asked for more than it may: the next turn is the last, and offers none. */
  spent: boolean;
}

/**
 * A talk of a model with its tools: everything follows from the config and from what the steps so far came to.
 *
 * 1. A turn is a call of the model with the talk so far (`turn[2]`); what it asks for is called before the next one
 *    (`turn[2]/tool[0]`), all at once.
 * 2. What is asked for counts, called or not: beyond `max_tool_calls` it is refused, and there is one last turn without
 *    tools. The answer then ends with the reason `max_tool_calls`.
 * 3. A name that is not offered is not called. The model is told so, as it is told of a tool that failed.
 * 4. A tool that fails by a limit of the execution ends the talk, and so does a turn that fails.
 * 5. A turn that asks for nothing is the answer.
 */
export function nextTurn(config: ModelConfig, { incoming, ended }: CallState): CallStep {
  const ends = new Map(ended.map((end) => [end.name, end]));
  const progress: Progress = { talk: talkOf(config, incoming), turns: [], made: [], asked: 0, spent: false };
  for (let number = 0; ; number++) {
    const end = ends.get(turnName(number));
    if (end === undefined) return { type: 'call', steps: [turnStep(config, number, progress)] }; // rule 1
    if (!end.ok) return { type: 'fail', failure: end.failure }; // rule 4
    const output = end.output as ModelOutput;
    progress.turns.push(output);
    const wasLast = progress.spent;
    const calls = output.tool_calls as unknown as readonly ModelToolCall[];
    if (wasLast || calls.length === 0) return settled(output, progress, wasLast); // rule 5
    const asked = decide(config, calls, number, progress);
    const steps = asked.flatMap(({ step }) => step ?? []);
    if (steps.length > 0 && !ends.has(steps[0]!.name)) return { type: 'call', steps };
    const broken = steps.map(({ name }) => ends.get(name)).find(isOverLimit);
    if (broken !== undefined) return { type: 'fail', failure: broken.failure }; // rule 4
    progress.talk.push({ role: 'assistant', content: output.text, toolCalls: calls }, ...asked.map(answerTo(ends)));
    progress.made.push(...asked.map(madeOf(ends)));
  }
}

const turnName = (number: number): string => `turn[${number}]`;

/** What a turn has by default stands there, so that its config is the same wherever it is recorded. */
const rest = { max_tool_calls: 10, use_memory: false, use_context: false };

function turnStep(config: ModelConfig, number: number, { talk, spent }: Progress): CalledStep {
  const { provider, model, temperature, max_tokens, response_schema, stream, tools = [] } = config;
  const told = { provider, model, temperature, max_tokens, response_schema };
  const given = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined)) as JsonObject;
  return {
    name: turnName(number),
    node_type: 'model',
    config: {
      ...given,
      messages: talk.map(configOf),
      ...(!spent && tools.length > 0 && { tools }),
      run_tools: false,
      stream,
      ...rest,
    },
  };
}

/** Rules 2 and 3. */
function decide(
  { tools = [], max_tool_calls: most }: ModelConfig,
  calls: readonly ModelToolCall[],
  turn: number,
  progress: Progress,
): Asked[] {
  return calls.map((call, index) => {
    progress.asked += 1;
    if (progress.asked > most) {
      progress.spent = true;
      return { call, step: null, refused: `No more than ${most} tools may be called here. Answer with what you have.` };
    }
    if (!tools.includes(call.name) && !tools.includes('*')) {
      const known = tools.length === 0 ? 'none' : tools.join(', ');
      return { call, step: null, refused: `There is no tool "${call.name}". There is: ${known}.` };
    }
    const config = { tool_name: call.name, arguments: call.arguments };
    return { call, step: { name: `${turnName(turn)}/tool[${index}]`, node_type: 'tool', config }, refused: null };
  });
}

const isOverLimit = (end: CallEnd | undefined): end is CallEnd & { readonly ok: false } =>
  end !== undefined && !end.ok && LIMITS.includes(end.failure.code);

const answerTo =
  (ends: ReadonlyMap<string, CallEnd>) =>
  ({ call: { id, name }, step, refused }: Asked): ModelMessage => {
    const end = step === null ? undefined : ends.get(step.name);
    const content = end?.ok ? resultText(end.output) : errorText(refused, end?.failure);
    return { role: 'tool', toolCallId: id, name, content };
  };

function resultText(output: JsonValue): string {
  const text = typeof output === 'string' ? output : JSON.stringify(output);
  if (text.length <= MOST_OF_A_RESULT) return text;
  return `${text.slice(0, MOST_OF_A_RESULT).toWellFormed()} … (cut: ${text.length} characters)`;
}

const errorText = (refused: string | null, failure: Failure | undefined): string =>
  JSON.stringify({ error: failure === undefined ? refused : `${failure.code}: ${failure.message}` });

const madeOf =
  (ends: ReadonlyMap<string, CallEnd>) =>
  ({ call: { id, name, arguments: given }, step }: Asked): JsonObject => ({
    id,
    name,
    arguments: given,
    ok: step !== null && ends.get(step.name)?.ok === true,
  });

const settled = (output: ModelOutput, { turns, made }: Progress, wasLast: boolean): CallStep => ({
  type: 'settle',
  port: 'out',
  output: {
    ...output,
    tool_calls: made,
    ...(wasLast && { finish_reason: 'max_tool_calls' }),
    ...usedBy(turns),
  },
});
