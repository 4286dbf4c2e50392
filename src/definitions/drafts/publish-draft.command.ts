import { Command } from '@nestjs/cqrs';
import type { Credential } from '../../auth/credential.js';
import type { Published } from '../commands/publish-definition.command.js';
import type { Known } from './drafts.js';

/** Make the next version of the draft, which is then gone. Refused with all findings when its graph has errors. */
export class PublishDraft extends Command<Published> {
  constructor(
    readonly definition: Known,
    readonly caller: Credential,
    /** The version that the caller has seen; a newer one refuses it. */
    readonly seen?: number,
  ) {
    super();
  }
}
