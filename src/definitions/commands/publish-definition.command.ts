import { Command } from '@nestjs/cqrs';
import type { Credential } from '../../auth/credential.js';
import type { ValidationDto, WriteDefinitionDto } from '../definition.dto.js';
import type { Definition } from '../definitions.js';

export interface Published {
  readonly definition: Definition;
  /** An earlier request with this idempotency key had made it. */
  readonly replayed: boolean;
  readonly validation: ValidationDto;
}

/** Publish the next version of a definition; of a new one, the first. Refused with all findings when its graph has errors. */
export class PublishDefinition extends Command<Published> {
  constructor(
    /** A UUID: of a definition that is there, or for one to be made (again the same, where the request came before). */
    readonly target: { readonly is: 'known' | 'new'; readonly id: string; readonly draftRevision?: number },
    readonly body: WriteDefinitionDto,
    readonly caller: Credential,
    /** The version that the writer has seen; a newer one refuses it. */
    readonly seen?: number,
  ) {
    super();
  }
}
