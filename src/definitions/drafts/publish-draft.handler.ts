import { CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Refusal } from '#engine';
import { PublishDefinition, type Published } from '../commands/publish-definition.command.js';
import type { WriteDefinitionDto } from '../definition.dto.js';
import { wholeDraft } from '../definition-view.js';
import { Drafts } from './drafts.js';
import { PublishDraft } from './publish-draft.command.js';

/** The version names the draft's revision: that it is published and that it is gone are one fact. A later save stays. */
@CommandHandler(PublishDraft)
export class PublishDraftHandler implements ICommandHandler<PublishDraft> {
  constructor(
    private readonly drafts: Drafts,
    private readonly commands: CommandBus,
  ) {}

  async execute({ definition, caller, seen }: PublishDraft): Promise<Published> {
    const draft = await this.drafts.find(caller.tenant, definition);
    if (!draft) throw new Refusal('draft_not_found', 'This definition has no draft. Save one with PUT …/draft.');
    const { graph, ...details } = wholeDraft(definition.state, draft.content);
    const body = { ...details, nodes: [...graph.nodes], edges: [...graph.edges] } as unknown as WriteDefinitionDto;
    const target = { is: 'known', id: definition.id, draftRevision: draft.facts.revision } as const;
    return this.commands.execute(new PublishDefinition(target, body, caller, seen));
  }
}
