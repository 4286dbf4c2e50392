import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ExecutionEngine, type Run } from '#runtime';
import { ExecuteWorkflow } from './execute-workflow.command.js';

@CommandHandler(ExecuteWorkflow)
export class ExecuteWorkflowHandler implements ICommandHandler<ExecuteWorkflow> {
  constructor(private readonly engine: ExecutionEngine) {}

  execute({ body, caller, idempotencyKey, correlationId }: ExecuteWorkflow): Promise<Run> {
    const { request, digest: requestDigest, warnings } = body;
    return this.engine.begin(request, {
      caller,
      requestDigest,
      warnings,
      ...(idempotencyKey !== undefined && { idempotencyKey }),
      ...(correlationId !== undefined && { correlationId }),
    });
  }
}
