import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ordered, Refusal, type Graph } from '#engine';
import type { JsonValue } from '#plugin-sdk';
import type { Credential } from '../../auth/credential.js';
import { Problem, type ProblemItem } from '../../http/problem.js';
import { TemplateCheck } from '../template-check.js';
import type { Template, ToSave } from '../template.js';
import { builtInRefused, Templates } from '../templates.js';
import { SaveTemplate, type SavedTemplate, type SentTemplate } from './save-template.command.js';

@CommandHandler(SaveTemplate)
export class SaveTemplateHandler implements ICommandHandler<SaveTemplate> {
  constructor(
    private readonly templates: Templates,
    private readonly check: TemplateCheck,
  ) {}

  async execute({ target, sent, caller }: SaveTemplate): Promise<SavedTemplate> {
    if (target.is === 'known') {
      const builtIn = this.templates.builtIn.find(target.id);
      if (builtIn) throw builtInRefused(builtIn.name);
    }
    const before = target.is === 'new' ? await this.madeBefore(target, caller) : null;
    if (before) return { template: before, replayed: true, validation: null };

    const { graph, validation } = this.check.check({ ...sent }, sent.parameters, caller);
    if (!validation.valid) throw invalidTemplate(validation.errors);
    const wish = toSave(sent, graph);
    if (target.is === 'known')
      return {
        template: await this.templates.save(target.id, wish, caller, target.seen),
        replayed: false,
        validation,
      };
    try {
      const { id, requestDigest } = target;
      return { template: await this.templates.create(id, wish, caller, requestDigest), replayed: false, validation };
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'version_is_stale') throw error;
      return { template: (await this.madeBefore(target, caller))!, replayed: true, validation };
    }
  }

  private async madeBefore(
    { id, requestDigest }: { readonly id: string; readonly requestDigest?: string },
    caller: Credential,
  ): Promise<Template | null> {
    return requestDigest === undefined ? null : this.templates.madeBefore(id, requestDigest, caller);
  }
}

function toSave({ nodes: _, edges: __, parameters, ...details }: SentTemplate, graph: Graph): ToSave {
  return {
    ...details,
    graph: ordered(graph as unknown as JsonValue) as unknown as Graph,
    parameters: ordered(parameters as unknown as JsonValue) as unknown as SentTemplate['parameters'],
  };
}

function invalidTemplate(errors: readonly { readonly message: string }[]): Problem {
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return new Problem('template_invalid', `Nothing was saved: ${errors[0]!.message}${more}`, {
    errors: errors as unknown as readonly ProblemItem[],
  });
}
