import { Command } from '@nestjs/cqrs';
import type { JsonValue } from '#plugin-sdk';
import type { ExecutionResult } from '#runtime';
import type { Credential } from '../../auth/credential.js';

/** Say what became of a step of which nobody knows whether its effect took place. */
export class ResolveStep extends Command<ExecutionResult> {
  constructor(
    readonly executionId: string,
    readonly path: string,
    readonly by: Credential,
    readonly outcome: 'succeeded' | 'failed' | 'retry',
    readonly output: JsonValue | undefined,
  ) {
    super();
  }
}
