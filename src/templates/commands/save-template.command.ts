import { Command } from '@nestjs/cqrs';
import type { TemplateDetails, TemplateParameter } from '#engine';
import type { Credential } from '../../auth/credential.js';
import type { ValidationDto } from '../../definitions/definition.dto.js';
import type { Template } from '../template.js';

export interface SavedTemplate {
  readonly template: Template;
  /** An earlier request with this idempotency key had made it. */
  readonly replayed: boolean;
  /** Null: it was validated when it was made. */
  readonly validation: ValidationDto | null;
}

/** A template as it was sent. */
export interface SentTemplate extends TemplateDetails {
  readonly nodes: readonly unknown[];
  readonly edges: readonly unknown[];
  readonly parameters: readonly TemplateParameter[];
  /** The definition that it is made of; a UUID. */
  readonly definitionId?: string;
}

/** Save the next version of a template; of a new one, the first. Refused with all findings when it has errors. */
export class SaveTemplate extends Command<SavedTemplate> {
  constructor(
    /** A UUID: of a template that is there, or for one to be made. `requestDigest`: of a request under an idempotency key. */
    readonly target:
      | { readonly is: 'known'; readonly id: string; readonly seen?: number }
      | { readonly is: 'new'; readonly id: string; readonly requestDigest?: string },
    readonly sent: SentTemplate,
    readonly caller: Credential,
  ) {
    super();
  }
}
