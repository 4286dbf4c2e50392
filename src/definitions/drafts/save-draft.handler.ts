import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ordered, type Graph } from '#engine';
import type { JsonObject, JsonValue } from '#plugin-sdk';
import { CallerValidator } from '../caller-validator.js';
import type { ValidationDto } from '../definition.dto.js';
import { invalid, refuseMalformed } from '../graph-check.js';
import { Drafts, type DraftContent } from './drafts.js';
import { SaveDraft, type SavedDraft } from './save-draft.command.js';

/** What is saved is kept for good: a secret in plain must not be. */
const neverKept = 'security.literal_secret';

@CommandHandler(SaveDraft)
export class SaveDraftHandler implements ICommandHandler<SaveDraft> {
  constructor(
    private readonly drafts: Drafts,
    private readonly validator: CallerValidator,
  ) {}

  async execute({ definition, body, caller, seen }: SaveDraft): Promise<SavedDraft> {
    const result = this.validator.own({ ...body }, caller, 'draft', { definitionId: definition.id });
    refuseMalformed(result);
    const validation = result.toApiResponse() as unknown as ValidationDto;
    const secrets = validation.errors.filter(({ rule }) => rule === neverKept);
    if (secrets.length > 0) throw invalid(secrets);
    const { name, description, tags, is_public, metadata } = body;
    const beside = Object.entries({ name, description, tags, is_public, metadata }).filter(
      ([, value]) => value !== undefined && value !== null,
    );
    const graph = ordered(result.graph as unknown as JsonValue) as unknown as Graph;
    const content: DraftContent = { ...(Object.fromEntries(beside) as JsonObject), graph };
    return { draft: await this.drafts.save(definition, content, caller, seen), validation };
  }
}
