import type { DefinitionVersion, Graph, PublishedState } from '#engine';
import type { ListedDefinition } from '#read-model';
import type { JsonObject } from '#plugin-sdk';
import { prefixed } from '../http/ids.js';
import type { DefinitionDto, ListedDefinitionDto, VersionDto } from './definition.dto.js';
import type { DraftDto } from './drafts/draft.dto.js';
import type { Draft, DraftContent, Known } from './drafts/drafts.js';

export const definitionView = (
  id: string,
  state: PublishedState,
  version: DefinitionVersion,
  graph: Graph,
): DefinitionDto => ({
  id: prefixed('wf', id),
  name: state.name,
  description: state.description,
  tags: state.tags,
  is_public: state.is_public,
  active: state.active,
  metadata: version.metadata,
  version: version.version,
  graph_digest: version.graph_digest,
  owner_id: state.owner,
  created_at: state.created_at,
  updated_at: state.updated_at,
  nodes: [...graph.nodes],
  edges: [...graph.edges],
});

/** What the draft does not say stays as the definition has it. */
export const wholeDraft = (
  { name, description, tags, is_public, versions }: PublishedState,
  draft: DraftContent,
): Required<DraftContent> => ({
  name,
  description,
  tags,
  is_public,
  metadata: versions.at(-1)!.metadata as JsonObject,
  ...draft,
});

export function draftView({ id, state }: Known, { facts, content }: Draft): Omit<DraftDto, 'validation'> {
  const { graph, ...details } = wholeDraft(state, content);
  return {
    definition_id: prefixed('wf', id),
    revision: facts.revision,
    based_on: facts.based_on,
    newest_version: state.versions.length,
    ...details,
    nodes: [...graph.nodes],
    edges: [...graph.edges],
    saved_at: facts.saved_at,
    saved_by: facts.saved_by,
  };
}

export const versionView = ({
  version,
  name,
  graph_digest,
  published_at,
  published_by,
  restored_from,
}: DefinitionVersion): VersionDto => ({
  version,
  name,
  graph_digest,
  published_at,
  published_by,
  restored_from,
});

export const listedView = (row: ListedDefinition): ListedDefinitionDto => ({
  id: prefixed('wf', row.id),
  name: row.name,
  description: row.description,
  tags: row.tags,
  is_public: row.is_public,
  active: row.active,
  version: row.version,
  owner_id: row.owner_id,
  node_count: row.node_count,
  created_at: row.created_at,
  updated_at: row.updated_at,
});
