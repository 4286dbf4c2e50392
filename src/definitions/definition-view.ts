import type { DefinitionVersion, Graph, PublishedState } from '#engine';
import type { ListedDefinition } from '#read-model';
import { prefixed } from '../http/ids.js';
import type { DefinitionDto, ListedDefinitionDto, VersionDto } from './definition.dto.js';

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
