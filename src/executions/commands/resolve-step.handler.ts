import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ExecutionEngine, type ExecutionResult } from '#runtime';
import { ResolveStep } from './resolve-step.command.js';

@CommandHandler(ResolveStep)
export class ResolveStepHandler implements ICommandHandler<ResolveStep> {
  constructor(private readonly engine: ExecutionEngine) {}

  execute({ executionId, path, by, outcome, output }: ResolveStep): Promise<ExecutionResult> {
    return this.engine.resolveUncertain(by.tenant, executionId, path, {
      by,
      outcome,
      ...(output !== undefined && { output }),
    });
  }
}
