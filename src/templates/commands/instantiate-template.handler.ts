import { CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { TemplateSource, type FilledTemplate } from '#runtime';
import { PublishDefinition, type Published } from '../../definitions/commands/publish-definition.command.js';
import type { WriteDefinitionDto } from '../../definitions/definition.dto.js';
import { prefixed } from '../../http/ids.js';
import { Problem, type ProblemItem } from '../../http/problem.js';
import { InstantiateTemplate } from './instantiate-template.command.js';

@CommandHandler(InstantiateTemplate)
export class InstantiateTemplateHandler implements ICommandHandler<InstantiateTemplate> {
  constructor(
    private readonly commands: CommandBus,
    private readonly source: TemplateSource,
  ) {}

  async execute({ template, params, name, definitionId, caller }: InstantiateTemplate): Promise<Published> {
    const { graph, problems } = (await this.source.fill(caller.tenant, template.id, params)) as FilledTemplate;
    if (problems.length > 0) {
      const errors = problems as unknown as readonly ProblemItem[];
      const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
      throw new Problem('params_invalid', `Nothing was saved: ${errors[0]!.message}${more}`, { errors });
    }
    const body = {
      name: name ?? template.name,
      description: template.description,
      tags: [...template.tags],
      metadata: { template_id: prefixed('tpl', template.id), template_version: template.version },
      nodes: [...graph.nodes],
      edges: [...graph.edges],
    } as unknown as WriteDefinitionDto;
    return this.commands.execute(new PublishDefinition({ is: 'new', id: definitionId }, body, caller));
  }
}
