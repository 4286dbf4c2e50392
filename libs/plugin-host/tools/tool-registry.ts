import { Buffer } from 'node:buffer';
import { type JsonObject, type JsonValue, NodeFailure, type ToolClient, type ToolDescription } from '#plugin-sdk';
import { didYouMean } from '../config/did-you-mean.js';
import type { ToolNames } from '../installed-node.js';
import type { OutsideClients } from '../runner/clients.js';
import { problemOfJson } from '../runner/json-check.js';
import type { StepInvocation } from '../runner/step-invocation.js';
import { failureFrom } from '../runner/thrown.js';
import type { RegisteredTool } from './registered-tool.js';

/** What a tool may give, as JSON in bytes of UTF-8. */
export const MAX_TOOL_RESULT_BYTES = 1024 * 1024;

/** Tools that come and go: those of an MCP server. */
export interface ToolSource {
  tools(): readonly RegisteredTool[];
  /** Names of tools that change nothing, whether they are there now or not. */
  readonly reading: readonly string[];
}

/** A tool as it is listed for people and models. */
export interface ListedTool extends ToolDescription {
  readonly available: boolean;
}

export interface ToolRegistryParts {
  readonly tools: readonly RegisteredTool[];
  readonly sources?: readonly ToolSource[];
  /** Filled in with what is known here. */
  readonly names?: ToolNames;
  /** Default: the machine's clock. */
  readonly now?: () => number;
}

/** The tools of this process, by name. */
export class ToolRegistry {
  private readonly tools: readonly RegisteredTool[];
  private readonly sources: readonly ToolSource[];
  private readonly now: () => number;

  constructor({ tools, sources = [], names, now = Date.now }: ToolRegistryParts) {
    this.tools = tools;
    this.sources = sources;
    this.now = now;
    const reading = tools.filter(({ effects }) => effects !== 'write').map(({ name }) => name);
    names?.reading.push(...reading, ...sources.flatMap((source) => source.reading));
    names?.idempotent.push(...tools.filter(({ idempotent }) => idempotent).map(({ name }) => name));
  }

  /** All tools, in the order of their names; also those whose server is away, as far as they are known. */
  list(): readonly ListedTool[] {
    return this.all()
      .map(listed)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /**
   * The tools as one step may use them.
   *
   * 1. What is not on the server, or not among the execution's `allowed_tools`, is not listed and never called
   *    (`tool_not_allowed`); what is away fails with `tool_unavailable`, and may be tried again.
   * 2. A step that only reads calls no tool that writes (`effect_not_declared`).
   * 3. Arguments are checked before the call (`tool_arguments_invalid`), the result after it (`tool_result_invalid`).
   * 4. The first call carries the step's idempotency key, each later one also its number: the same at each attempt.
   */
  clientFor(step: StepInvocation, clients: OutsideClients): ToolClient {
    const allowed = allowedBy(step);
    const usable = (): readonly RegisteredTool[] => this.all().filter(({ name }) => allowed(name));
    let calls = 0;
    return {
      list: () => usable().filter(isAvailable).map(described),
      call: async (name, args) => {
        const number = calls++;
        const tool = usable().find((one) => one.name === name);
        if (tool === undefined) throw notAllowed(name, usable()); // rule 1
        if (!tool.available) throw unavailable(tool);
        if (tool.effects === 'write' && step.effects !== 'write') throw onlyReading(step, name); // rule 2
        const idempotencyKey = number === 0 ? step.idempotencyKey : `${step.idempotencyKey}/call[${number}]`; // rule 4
        return this.called(tool, args, { step, clients, idempotencyKey, now: this.now });
      },
    };
  }

  private async called(
    tool: RegisteredTool,
    args: JsonObject,
    call: Parameters<RegisteredTool['call']>[1],
  ): Promise<JsonValue> {
    const ready = tool.prepare(args); // rule 3
    try {
      return checkedResult(tool, await tool.call(ready, call));
    } catch (thrown) {
      throw failureFrom(thrown, call.step.signal);
    }
  }

  private all(): readonly RegisteredTool[] {
    return [...this.tools, ...this.sources.flatMap((source) => source.tools())];
  }
}

function allowedBy({ defaults }: StepInvocation): (name: string) => boolean {
  const names = defaults?.['allowed_tools'];
  return Array.isArray(names) ? (name) => names.includes(name) : () => true;
}

const isAvailable = ({ available }: RegisteredTool): boolean => available;

const described = ({ name, description, effects, idempotent, argumentsSchema, source }: RegisteredTool) =>
  ({ name, description, effects, idempotent, argumentsSchema, source }) satisfies ToolDescription;

const listed = (tool: RegisteredTool): ListedTool => ({ ...described(tool), available: tool.available });

/** The tool has acted: of one that writes, nobody knows then what became of it. */
function checkedResult({ name, effects }: RegisteredTool, result: JsonValue): JsonValue {
  const problem = problemOfJson(result, 'its result') ?? problemOfSize(result);
  if (problem === null) return result;
  throw new NodeFailure({
    code: 'tool_result_invalid',
    message: `The tool "${name}" gave what cannot be recorded: ${problem}`,
    uncertain: effects === 'write',
  });
}

function problemOfSize(result: JsonValue): string | null {
  const bytes = Buffer.byteLength(JSON.stringify(result));
  return bytes <= MAX_TOOL_RESULT_BYTES
    ? null
    : `its result has ${bytes} bytes, but may have at most ${MAX_TOOL_RESULT_BYTES}.`;
}

/** How many names a message lists. */
const SHOWN = 20;

function notAllowed(name: string, usable: readonly RegisteredTool[]): NodeFailure {
  const names = usable.map((tool) => tool.name);
  const more = names.length > SHOWN ? ', …' : '';
  const there =
    names.length === 0 ? 'It may use none.' : `It may use ${names.sort().slice(0, SHOWN).join(', ')}${more}.`;
  return new NodeFailure({
    code: 'tool_not_allowed',
    message: `There is no tool "${name}" that this execution may use.${didYouMean(String(name), names)} ${there}`,
  });
}

const unavailable = ({ name, source }: RegisteredTool): NodeFailure =>
  new NodeFailure({
    code: 'tool_unavailable',
    message: `The tool "${name}" is not there now: its server "${source}" is away.`,
    retryable: true,
  });

const onlyReading = ({ node }: StepInvocation, name: string): NodeFailure =>
  new NodeFailure({
    code: 'effect_not_declared',
    message: `The tool "${name}" changes something outside, but this step of "${node.definition.descriptor.type}" only reads. Raise the node's effects to "write".`,
  });
