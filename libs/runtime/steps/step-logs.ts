import type { JsonObject } from '#plugin-sdk';

const linesPerExecution = 1_000;
const keptExecutions = 500;

/** What nodes have logged, in this process: the newest executions' lines. */
export class StepLogs {
  private readonly lines = new Map<string, JsonObject[]>();

  add(executionId: string, line: JsonObject): void {
    const known = this.lines.get(executionId) ?? [];
    if (known.length < linesPerExecution) known.push(line);
    this.lines.delete(executionId);
    this.lines.set(executionId, known);
    if (this.lines.size > keptExecutions) this.lines.delete(this.lines.keys().next().value!);
  }

  of(executionId: string): readonly JsonObject[] {
    return this.lines.get(executionId) ?? [];
  }
}
