import { Query } from '@nestjs/cqrs';
import type { SentGraph } from '#validation';
import type { Credential } from '../../auth/credential.js';
import type { ValidationDto } from '../definition.dto.js';

/** What the four layers find in a graph. Executes nothing. */
export class ValidateWorkflow extends Query<ValidationDto> {
  constructor(
    readonly graph: SentGraph,
    readonly caller: Credential,
  ) {
    super();
  }
}
