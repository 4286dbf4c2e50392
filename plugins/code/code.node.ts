import {
  BaseWorkflowNode,
  Field,
  IsInt,
  IsOptional,
  IsString,
  type JsonValue,
  Literal,
  Max,
  MaxLength,
  Min,
  MinLength,
  type NodeContext,
  NodeFailure,
  type NodeResult,
  WorkflowNode,
} from '@chatter/plugin-sdk';
import { Sandbox } from './sandbox.js';
import type { JobOutcome } from './sandbox-messages.js';

export class CodeConfig {
  @IsString()
  @MinLength(1)
  @MaxLength(100_000)
  @Literal()
  @Field({
    label: 'Source',
    help: 'The body of a JavaScript function of incoming, input, nodes and variables. What it returns is the output.',
    widget: 'code',
    placeholder: 'return incoming.items.filter((item) => item.price > 10);',
  })
  source!: string;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(60_000)
  @Field({ label: 'Time-out (ms)', help: 'Over it the code is ended.', default: 1_000 })
  timeout_ms?: number;

  @IsOptional()
  @IsInt()
  @Min(16)
  @Max(256)
  @Field({ label: 'Memory (MiB)', help: 'Over it the code is ended.', default: 32 })
  memory_mb?: number;
}

const sandbox = new Sandbox();

/** Runs JavaScript that reaches nothing: no files, network, modules or real clock. The same input gives the same output. */
@WorkflowNode({
  type: 'code',
  version: 1,
  label: 'Code',
  description: 'Runs JavaScript in a sandbox, and gives on what it returns.',
  category: 'data',
  icon: 'code',
  effects: 'none',
  ports: ['out'],
  aliases: { types: ['javascript'], config: { code: 'source' } },
  config: CodeConfig,
})
export class CodeNode extends BaseWorkflowNode<CodeConfig> {
  async execute(context: NodeContext<CodeConfig>): Promise<NodeResult> {
    const { config, incoming, input, nodes, variables, clock, random, signal, log } = context;
    const outcome = await sandbox.run(
      {
        source: config.source,
        given: JSON.stringify({ incoming, input, nodes, variables }),
        now: clock.now(),
        seed: Math.floor(random() * 2 ** 32),
        timeoutMs: config.timeout_ms ?? 1_000,
        memoryMb: config.memory_mb ?? 32,
      },
      signal,
    );
    for (const line of outcome.logs) log.info(line);
    if (!outcome.ok) throw failureOf(outcome);
    return this.to('out', JSON.parse(outcome.json) as JsonValue);
  }
}

function failureOf({ code, message, line }: Extract<JobOutcome, { ok: false }>): NodeFailure {
  const where = line === null ? '' : ` (line ${line} of the source)`;
  return new NodeFailure({ code, message: `${message}${where}`, details: { line } });
}
