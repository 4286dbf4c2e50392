import type { ListedTemplate } from '#read-model';
import type { ValidationDto } from '../definitions/definition.dto.js';
import { prefixed } from '../http/ids.js';
import { builtInOwner } from './built-in-templates.js';
import type { ListedTemplateDto, TemplateDto } from './template.dto.js';
import type { Template, TemplateContent } from './template.js';

export const templateView = (
  { id, builtIn, owner, position: _, ...facts }: Template,
  { graph, parameters }: TemplateContent,
  validation: ValidationDto,
): TemplateDto => ({
  id: prefixed('tpl', id),
  name: facts.name,
  description: facts.description,
  category: facts.category,
  tags: facts.tags,
  parameters,
  is_public: facts.is_public,
  built_in: builtIn,
  version: facts.version,
  content_digest: facts.content_digest,
  owner_id: owner,
  created_at: facts.created_at,
  updated_at: facts.updated_at,
  nodes: [...graph.nodes],
  edges: [...graph.edges],
  validation,
});

export const listedView = (row: ListedTemplate): ListedTemplateDto => ({
  id: prefixed('tpl', row.id),
  name: row.name,
  description: row.description ?? '',
  category: row.category,
  tags: row.tags,
  is_public: row.is_public,
  built_in: row.owner_id === builtInOwner,
  version: row.version,
  owner_id: row.owner_id,
  node_count: row.node_count,
  parameter_count: row.parameter_count,
  created_at: row.created_at,
  updated_at: row.updated_at,
});
