import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ordered, type Graph } from '#engine';
import type { JsonObject, JsonValue } from '#plugin-sdk';
import { CallerValidator } from '../caller-validator.js';
import type { ValidationDto } from '../definition.dto.js';
import { Definitions } from '../definitions.js';
import { invalid, refuseMalformed } from '../graph-check.js';
import { PublishDefinition } from './publish-definition.command.js';

@CommandHandler(PublishDefinition)
export class PublishDefinitionHandler implements ICommandHandler<PublishDefinition> {
  constructor(
    private readonly definitions: Definitions,
    private readonly validator: CallerValidator,
  ) {}

  async execute({ target, body, caller, seen }: PublishDefinition) {
    const result = this.validator.own({ ...body }, caller, 'save', { definitionId: target.id });
    refuseMalformed(result);
    const validation = result.toApiResponse() as unknown as ValidationDto;
    if (!validation.valid || !result.graph) throw invalid(validation.errors);
    const wish = {
      name: body.name,
      description: body.description ?? '',
      tags: body.tags ?? [],
      is_public: body.is_public ?? false,
      metadata: (body.metadata ?? {}) as JsonObject,
      graph: ordered(result.graph as unknown as JsonValue) as unknown as Graph,
      ...(target.draftRevision !== undefined && { draftRevision: target.draftRevision }),
    };
    if (target.is === 'known')
      return { definition: await this.definitions.publish(target.id, wish, caller, seen), replayed: false, validation };
    const { definition, replayed } = await this.definitions.create(target.id, wish, caller);
    return { definition, replayed, validation };
  }
}
