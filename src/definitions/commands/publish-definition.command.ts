import { Command } from '@nestjs/cqrs';
import type { Credential } from '../../auth/credential.js';
import type { ValidationDto, WriteDefinitionDto } from '../definition.dto.js';
import type { Definition } from '../definitions.js';

/** Publish the next version of a definition; of a new one, the first. Refused with all findings when its graph has errors. */
export class PublishDefinition extends Command<{ readonly definition: Definition; readonly validation: ValidationDto }> {
  constructor(
    /** Null: a new one. */
    readonly id: string | null,
    readonly body: WriteDefinitionDto,
    readonly caller: Credential,
    readonly seen?: number,
  ) {
    super();
  }
}
