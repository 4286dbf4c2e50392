import { Command } from '@nestjs/cqrs';
import type { ExecutionResult } from '#runtime';
import type { Credential } from '../../auth/credential.js';

/** Stop an execution: what runs is aborted, nothing new is scheduled. `force` does not wait for what runs. */
export class CancelExecution extends Command<ExecutionResult> {
  constructor(
    readonly executionId: string,
    readonly by: Credential,
    readonly reason: string | null,
    readonly force: boolean,
  ) {
    super();
  }
}
