import { Command } from '@nestjs/cqrs';
import type { JsonObject } from '#plugin-sdk';
import type { ExecutionResult } from '#runtime';
import type { Credential } from '../../auth/credential.js';

export interface Vote {
  readonly decision: 'approved' | 'rejected';
  readonly comment: string | null;
  readonly fields: JsonObject;
  /** Of what the voter has seen. */
  readonly shownDigest: string;
}

/** One person's vote on an approval. */
export class DecideApproval extends Command<ExecutionResult> {
  constructor(
    readonly executionId: string,
    readonly approvalId: string,
    readonly by: Credential,
    readonly vote: Vote,
  ) {
    super();
  }
}
