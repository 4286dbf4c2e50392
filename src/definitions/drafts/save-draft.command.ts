import { Command } from '@nestjs/cqrs';
import type { Credential } from '../../auth/credential.js';
import type { ValidationDto } from '../definition.dto.js';
import type { WriteDraftDto } from './draft.dto.js';
import type { Draft, Known } from './drafts.js';

export interface SavedDraft {
  readonly draft: Draft;
  readonly validation: ValidationDto;
}

/** Keep a graph as it stands, runnable or not. Refused where it is no graph, or holds a secret in plain. */
export class SaveDraft extends Command<SavedDraft> {
  constructor(
    readonly definition: Known,
    readonly body: WriteDraftDto,
    readonly caller: Credential,
    /** The revision that the writer has seen; another one refuses it. */
    readonly seen?: number,
  ) {
    super();
  }
}
