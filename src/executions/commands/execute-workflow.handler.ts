import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ExecutionEngine, type Run } from '#runtime';
import { Answers } from '../../conversations/answers.js';
import { answeredFirst } from './answered-first.js';
import { ExecuteWorkflow } from './execute-workflow.command.js';

@CommandHandler(ExecuteWorkflow)
export class ExecuteWorkflowHandler implements ICommandHandler<ExecuteWorkflow> {
  constructor(
    private readonly engine: ExecutionEngine,
    private readonly answers: Answers,
  ) {}

  async execute({ body, caller, idempotencyKey, correlationId }: ExecuteWorkflow): Promise<Run> {
    const { request, digest: requestDigest, warnings, recalled } = body;
    const run = await this.engine.begin(request, {
      caller,
      requestDigest,
      warnings,
      ...(recalled && { recalled }),
      ...(idempotencyKey !== undefined && { idempotencyKey }),
      ...(correlationId !== undefined && { correlationId }),
    });
    return request.workflow_type === 'chat' ? answeredFirst(run, this.answers) : run;
  }
}
