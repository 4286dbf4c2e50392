import { Command } from '@nestjs/cqrs';
import type { RetryFrom, Run } from '#runtime';
import type { Credential } from '../../auth/credential.js';

/** Another try of an execution that has ended. */
export class RetryExecution extends Command<Run> {
  constructor(
    readonly executionId: string,
    readonly from: RetryFrom,
    readonly caller: Credential,
    readonly requestDigest: string,
    readonly idempotencyKey: string | undefined,
  ) {
    super();
  }
}
