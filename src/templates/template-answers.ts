import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Credential } from '../auth/credential.js';
import type { ValidationDto } from '../definitions/definition.dto.js';
import { uuidIn } from '../http/ids.js';
import { Problem } from '../http/problem.js';
import { TemplateCheck } from './template-check.js';
import type { TemplateDto } from './template.dto.js';
import { templateView } from './template-view.js';
import type { Template, TemplateContent } from './template.js';
import { Templates } from './templates.js';

/** How templates are found by their ids, and answered with. */
@Injectable()
export class TemplateAnswers {
  constructor(
    private readonly templates: Templates,
    private readonly check: TemplateCheck,
  ) {}

  async known(id: string, { tenant }: Credential): Promise<Template> {
    const bare = uuidIn('tpl', id);
    const template = bare === null ? null : await this.templates.find(tenant, bare);
    if (!template) throw new Problem('template_not_found', `There is no template ${id}.`);
    return template;
  }

  async knownContent(id: string, caller: Credential): Promise<TemplateContent> {
    return this.templates.content(caller.tenant, await this.known(id, caller));
  }

  /** Its version is also its ETag. */
  async of(
    template: Template,
    caller: Credential,
    reply: FastifyReply,
    validation?: ValidationDto,
  ): Promise<TemplateDto> {
    if (template.position) reply.header('x-chatter-position', template.position);
    reply.header('etag', `"${template.version}"`);
    const content = await this.templates.content(caller.tenant, template);
    return templateView(template, content, validation ?? this.validationOf(content, caller));
  }

  validationOf({ graph: { nodes, edges }, parameters }: TemplateContent, caller: Credential): ValidationDto {
    return this.check.check({ nodes, edges }, parameters, caller).validation;
  }
}
