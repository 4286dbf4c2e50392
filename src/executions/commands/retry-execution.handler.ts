import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ExecutionEngine, type Run } from '#runtime';
import { RetryExecution } from './retry-execution.command.js';

@CommandHandler(RetryExecution)
export class RetryExecutionHandler implements ICommandHandler<RetryExecution> {
  constructor(private readonly engine: ExecutionEngine) {}

  execute({ executionId, from, caller, requestDigest, idempotencyKey }: RetryExecution): Promise<Run> {
    const options = { caller, requestDigest, ...(idempotencyKey !== undefined && { idempotencyKey }) };
    return this.engine.retry(executionId, from, options);
  }
}
