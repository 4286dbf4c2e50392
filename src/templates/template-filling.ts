import { fillParameters, type NodeTypes } from '#engine';
import type { JsonObject } from '#plugin-sdk';
import { TemplateSource, type FilledTemplate } from '#runtime';
import type { Templates } from './templates.js';

/** Templates as executions are made from them. */
export class TemplateFilling extends TemplateSource {
  constructor(
    private readonly templates: Templates,
    private readonly types: NodeTypes,
  ) {
    super();
  }

  override async fill(tenant: string, templateId: string, params: JsonObject): Promise<FilledTemplate | null> {
    const template = await this.templates.find(tenant, templateId);
    if (!template) return null;
    const { graph: whole, parameters } = await this.templates.content(tenant, template);
    const { graph, findings } = fillParameters(whole, parameters, params, this.types);
    return { templateId, name: template.name, graph, problems: findings as unknown as readonly JsonObject[] };
  }
}
