import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ExecutionEngine, type ExecutionResult } from '#runtime';
import { SendSignal } from './send-signal.command.js';

@CommandHandler(SendSignal)
export class SendSignalHandler implements ICommandHandler<SendSignal> {
  constructor(private readonly engine: ExecutionEngine) {}

  execute({ executionId, name, payload, by, idempotencyKey }: SendSignal): Promise<ExecutionResult> {
    return this.engine.signal(by.tenant, executionId, {
      by,
      name,
      payload,
      ...(idempotencyKey !== undefined && { idempotencyKey }),
    });
  }
}
