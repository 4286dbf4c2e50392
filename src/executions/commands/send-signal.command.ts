import { Command } from '@nestjs/cqrs';
import type { JsonValue } from '#plugin-sdk';
import type { ExecutionResult } from '#runtime';
import type { Credential } from '../../auth/credential.js';

/** Tell an execution something that it waits for, or will wait for. */
export class SendSignal extends Command<ExecutionResult> {
  constructor(
    readonly executionId: string,
    readonly name: string,
    readonly payload: JsonValue,
    readonly by: Credential,
    readonly idempotencyKey: string | undefined,
  ) {
    super();
  }
}
