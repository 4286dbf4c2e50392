import { Query } from '@nestjs/cqrs';
import type { SentGraph } from '#validation';
import type { Credential } from '../../auth/credential.js';
import type { ValidationDto } from '../definition.dto.js';

/** Whose graph it is. `published`: a version of it, which may be run by whoever may run. */
export interface Validated {
  readonly definitionId: string | null;
  readonly published: boolean;
}

/** What the four layers find in a graph. Executes nothing. */
export class ValidateWorkflow extends Query<ValidationDto> {
  constructor(
    readonly graph: SentGraph,
    readonly caller: Credential,
    readonly of: Validated = { definitionId: null, published: false },
  ) {
    super();
  }
}
