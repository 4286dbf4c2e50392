/** The category ends at the first `-`: `execution-<uuid>` is of the category `execution`. */
export function categoryOf(stream: string): string {
  const dash = stream.indexOf('-');
  return dash === -1 ? stream : stream.slice(0, dash);
}

export const executionStream = (id: string): string => `execution-${id}`;
export const definitionStream = (id: string): string => `definition-${id}`;
export const draftStream = (definitionId: string): string => `draft-${definitionId}`;
export const accountStream = (id: string): string => `account-${id}`;
export const documentStream = (id: string): string => `document-${id}`;
export const templateStream = (id: string): string => `template-${id}`;
export const secretStream = (id: string): string => `secret-${id}`;
export const pluginStream = (name: string): string => `plugin-${name}`;
/** What executions that were archived in a month (`2026-11`) came to. */
export const archiveStream = (month: string): string => `archive-${month}`;
export const conversationStream = (id: string): string => `conversation-${id}`;

/** Texts of any kind may name a stream, but not half a surrogate pair (it cannot be stored), and not nothing. */
export const isStreamName = (stream: string): boolean =>
  stream.length > 0 && stream.isWellFormed() && !stream.includes('\0');

/** What follows the category: the id. */
export const idOf = (stream: string): string => stream.slice(stream.indexOf('-') + 1);
