import { Command } from '@nestjs/cqrs';
import type { Run } from '#runtime';
import type { Credential } from '../../auth/credential.js';
import type { ExecuteBody } from '../execute-body.js';

/** Start an execution, or find the one that this idempotency key has started. */
export class ExecuteWorkflow extends Command<Run> {
  constructor(
    readonly body: ExecuteBody,
    readonly caller: Credential,
    readonly idempotencyKey: string | undefined,
    readonly correlationId: string | undefined,
  ) {
    super();
  }
}
