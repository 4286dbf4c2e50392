import { Injectable } from '@nestjs/common';
import type { Credential } from '../auth/credential.js';
import type { ValidationDto } from '../definitions/definition.dto.js';
import { Definitions } from '../definitions/definitions.js';
import { uuidIn } from '../http/ids.js';
import { Problem } from '../http/problem.js';
import type { SentTemplate } from './commands/save-template.command.js';
import type { CreateTemplateDto, ValidateTemplateDto } from './template.dto.js';
import { TemplateAnswers } from './template-answers.js';
import { readParameters, sentTemplate } from './template-body.js';
import { TemplateCheck } from './template-check.js';

/** Bodies that name a graph, or where to take one from. */
@Injectable()
export class SentTemplates {
  constructor(
    private readonly definitions: Definitions,
    private readonly answers: TemplateAnswers,
    private readonly templateCheck: TemplateCheck,
  ) {}

  /** Of a definition it takes the graph, and what the body does not say. */
  async toCreate(
    { definition_id, nodes, edges, ...body }: CreateTemplateDto,
    caller: Credential,
  ): Promise<SentTemplate> {
    oneOf('definition_id', definition_id, nodes, edges);
    if (definition_id === undefined || definition_id === null) {
      if (body.name === undefined || body.name === null) throw missing('name');
      return sentTemplate({ ...body, name: body.name, nodes: nodes!, edges: edges! });
    }
    const id = uuidIn('wf', definition_id);
    const state = id === null ? null : await this.definitions.find(caller.tenant, id);
    if (id === null || !state) throw new Problem('definition_not_found', `There is no definition ${definition_id}.`);
    const graph = await this.definitions.graph(caller.tenant, state.versions.at(-1)!.graph_digest);
    const sent = sentTemplate({
      ...body,
      name: body.name ?? state.name,
      description: body.description ?? state.description,
      tags: body.tags ?? [...state.tags],
      nodes: [...graph.nodes],
      edges: [...graph.edges],
    });
    return { ...sent, definitionId: id };
  }

  /** Of a template that is there, or of one that was sent. */
  async validate(
    { template_id, nodes, edges, parameters, ...beside }: ValidateTemplateDto,
    caller: Credential,
  ): Promise<ValidationDto> {
    if (template_id !== undefined && template_id !== null) {
      oneOf('template_id', template_id, nodes, edges);
      return this.answers.validationOf(await this.answers.knownContent(template_id, caller), caller);
    }
    const sent = { ...beside, nodes: nodes ?? [], edges: edges ?? [] };
    return this.templateCheck.check(sent, readParameters(parameters, '/parameters'), caller).validation;
  }
}

/** A graph or where to take one from, not both, and not neither. */
function oneOf(name: string, id: string | undefined, nodes: unknown, edges: unknown): void {
  const graph = (nodes ?? undefined) !== undefined || (edges ?? undefined) !== undefined;
  if (id !== undefined && id !== null) {
    if (graph) throw new Problem('invalid_request', `Send nodes and edges, or ${name}, not both.`);
  } else if ((nodes ?? undefined) === undefined || (edges ?? undefined) === undefined) {
    throw new Problem('invalid_request', `Send nodes and edges, or ${name}.`);
  }
}

const missing = (member: string): Problem =>
  new Problem('invalid_request', `/${member} is missing.`, {
    errors: [{ rule: 'request.required', message: `/${member} is missing.`, path: `/${member}`, severity: 'error' }],
  });
