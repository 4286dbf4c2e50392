import type { JsonObject } from '#plugin-sdk';

/** Members that may hold a value of any size, and so a claim check in its place. */
const valueMembers = ['input', 'output', 'config', 'value', 'item', 'shown', 'payload', 'message'] as const;
/** Members that name a graph, the content of a template or a draft, or the text of a document. */
const digestMembers = ['graph_digest', 'content_digest', 'text_sha256', 'content'] as const;
const digest = /^(?:sha256:)?([0-9a-f]{64})$/;

/**
 * What an event refers to beside the log, by SHA-256: claim checks, and content that is named by its digest. The graph of
 * an execution that was refused before its first step is named, but was never kept.
 */
export function referredPayloads(type: string, data: JsonObject): readonly string[] {
  const refused = type === 'ExecutionAccepted' && Object.keys((data['node_types'] ?? {}) as object).length === 0;
  const named = digestMembers.filter((member) => !(refused && member === 'graph_digest'));
  const checks = valueMembers.map((member) => claimIn(data[member]));
  const digests = named.map((member) => digest.exec(String(data[member] ?? ''))?.[1] ?? null);
  const ofRows = type === 'ExecutionArchived' ? ((data['refers_to'] ?? []) as readonly string[]) : [];
  return [...new Set([...checks, ...digests, ...ofRows])].filter((each) => each !== null);
}

function claimIn(value: unknown): string | null {
  const claim = (value as { readonly $ref?: { readonly sha256?: unknown } } | null | undefined)?.$ref;
  return typeof claim?.sha256 === 'string' ? claim.sha256 : null;
}
