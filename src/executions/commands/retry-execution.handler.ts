import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ExecutionEngine, type Run } from '#runtime';
import { Answers } from '../../conversations/answers.js';
import { RetryExecution } from './retry-execution.command.js';

@CommandHandler(RetryExecution)
export class RetryExecutionHandler implements ICommandHandler<RetryExecution> {
  constructor(
    private readonly engine: ExecutionEngine,
    private readonly answers: Answers,
  ) {}

  /** Where the first try was to answer a message, the new one is, once it has been accepted. */
  async execute({ executionId, from, caller, requestDigest, idempotencyKey }: RetryExecution): Promise<Run> {
    const options = { caller, requestDigest, ...(idempotencyKey !== undefined && { idempotencyKey }) };
    const run = await this.engine.retry(executionId, from, options);
    await run.accepted();
    await this.answers.retried(executionId, run.executionId, caller);
    return run;
  }
}
