import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ExecutionEngine, type ExecutionResult } from '#runtime';
import { CancelExecution } from './cancel-execution.command.js';

@CommandHandler(CancelExecution)
export class CancelExecutionHandler implements ICommandHandler<CancelExecution> {
  constructor(private readonly engine: ExecutionEngine) {}

  execute({ executionId, by, reason, force }: CancelExecution): Promise<ExecutionResult> {
    return this.engine.cancel(by.tenant, executionId, { by, reason, force });
  }
}
