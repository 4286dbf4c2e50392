import { Query } from '@nestjs/cqrs';
import type { Credential } from '../../auth/credential.js';
import type { ValidationDto } from '../definition.dto.js';

/** What the four layers find in a graph. Executes nothing. */
export class ValidateWorkflow extends Query<ValidationDto> {
  constructor(
    readonly graph: { readonly nodes?: unknown; readonly edges?: unknown; readonly metadata?: unknown },
    readonly caller: Credential,
  ) {
    super();
  }
}
