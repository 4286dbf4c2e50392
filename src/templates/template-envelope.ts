import { digestOf, type GraphEdge, type GraphNode, type TemplateParameter } from '#engine';
import type { JsonObject, JsonValue } from '#plugin-sdk';
import { readBody, readMembers, type Members } from '../http/members.js';
import { Problem, type ProblemItem } from '../http/problem.js';
import type { EnvelopeDto } from './template.dto.js';
import { readParameters } from './template-body.js';
import type { Template, TemplateContent } from './template.js';

const format = 'chatter.template';
const version = 1;

/** What an envelope carries. Who may see it is no part of it: that is decided where it is imported. */
export interface CarriedTemplate {
  readonly name: string;
  readonly description: string;
  readonly category: string | null;
  readonly tags: readonly string[];
  readonly parameters: readonly TemplateParameter[];
  readonly nodes: readonly unknown[];
  readonly edges: readonly unknown[];
}

export function envelopeOf(
  { name, description, category, tags }: Template,
  { graph, parameters }: TemplateContent,
): EnvelopeDto {
  const nodes: readonly GraphNode[] = graph.nodes;
  const edges: readonly GraphEdge[] = graph.edges;
  const template = { name, description, category, tags, parameters, nodes, edges };
  return { format, version, digest: digestOf(template as unknown as JsonValue), template };
}

const envelopeMembers: Members = { format: 'text', version: 'number', digest: 'text', template: 'object' };
const templateMembers: Members = {
  name: 'text',
  description: 'text?',
  category: 'text?',
  tags: 'texts?',
  parameters: 'list?',
  nodes: 'list',
  edges: 'list',
};

const longest = { name: 200, description: 5_000, category: 100, tag: 100 } as const;
const mostTags = 50;

/**
 * What is in an envelope.
 *
 * 1. Of another format or version it is refused before anything else is looked at.
 * 2. What was changed on its way is refused.
 * 3. What is in it is held to what a template's own body is held to.
 */
export function readEnvelope(body: unknown): CarriedTemplate {
  const { format: given, version: number, digest, template } = readBody(body, envelopeMembers);
  if (given !== format || number !== version)
    throw new Problem(
      'import_unsupported',
      `This server reads the format "${format}" in version ${version}; this is "${String(given).slice(0, 100)}" in version ${String(number)}. Export it again from a server that has that version.`,
    ); // rule 1
  if (digest !== digestOf(template as JsonObject))
    throw new Problem(
      'import_digest_mismatch',
      'The template is not what was exported: its digest differs. Export it again, or create it with POST /api/v1/workflows/templates.',
    ); // rule 2
  const faults: ProblemItem[] = [];
  const read = readMembers(template, templateMembers, '/template', faults);
  const { name = '', description = '', category = null, tags = [], nodes, edges } = read as Partial<CarriedTemplate>;
  tooLong('name', name, faults);
  tooLong('description', description, faults);
  if (category !== null) tooLong('category', category, faults);
  if (name.trim() === '') fault('/template/name', 'name must hold more than spaces.', faults);
  if (tags.length > mostTags || tags.some((tag) => tag.length > longest.tag || tag.trim() === ''))
    fault('/template/tags', `tags are at most ${mostTags}, each of 1 to ${longest.tag} characters.`, faults);
  if (faults.length > 0) throw new Problem('invalid_request', faults[0]!.message, { errors: faults });
  const parameters = readParameters(read['parameters'] as readonly unknown[] | undefined, '/template/parameters');
  return { name, description, category, tags, parameters, nodes: nodes!, edges: edges! };
}

function tooLong(member: 'name' | 'description' | 'category', text: string, faults: ProblemItem[]): void {
  if (text.length > longest[member])
    fault(`/template/${member}`, `${member} has ${text.length} characters; ${longest[member]} are possible.`, faults);
}

const fault = (path: string, message: string, faults: ProblemItem[]): void =>
  void faults.push({ rule: 'request.template', message, path, severity: 'error' });
