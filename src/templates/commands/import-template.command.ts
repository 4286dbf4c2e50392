import { Command } from '@nestjs/cqrs';
import type { Credential } from '../../auth/credential.js';
import type { ImportWarningDto } from '../template.dto.js';
import type { CarriedTemplate } from '../template-envelope.js';
import type { SavedTemplate } from './save-template.command.js';

export interface ImportedTemplate extends SavedTemplate {
  readonly warnings: readonly ImportWarningDto[];
  /** It has taken the place of one that was there. */
  readonly replaced: boolean;
}

/** Save a template that was exported, here or elsewhere. Executes nothing. */
export class ImportTemplate extends Command<ImportedTemplate> {
  constructor(
    readonly target: { readonly id: string; readonly requestDigest?: string },
    readonly carried: CarriedTemplate,
    /** What happens where the caller sees a template of that name already. */
    readonly onConflict: 'rename' | 'replace' | 'fail',
    readonly caller: Credential,
  ) {
    super();
  }
}
