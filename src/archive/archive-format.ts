import type { Envelope, RecordedEvent } from '#event-store';

/**
 * A file of archived executions: JSON Lines, compressed by gzip. Each line has one member, which says what it is.
 *
 * 1. `archive`: what this file is. 2. For each execution: `execution`, then what it refers to as `payload`, where no line
 * before has it, then its history, an `event` a line, `data` as it was stored, to the byte. 3. `end`: how many there are of
 * each, and the SHA-256 of all lines before.
 */
export type ArchiveLine =
  | { readonly archive: ArchiveHeader }
  | { readonly execution: ArchivedHistory }
  | { readonly payload: ArchivedPayload }
  | { readonly event: ArchivedEvent }
  | { readonly end: ArchiveEnd };

export interface ArchiveHeader {
  readonly format: 'chatter-archive';
  readonly version: 1;
  readonly made_at: string;
  readonly closed_before: string;
}

export interface ArchivedHistory {
  /** UUID without prefix. */
  readonly id: string;
  readonly tenant: string;
  readonly events: number;
  /** Hash of the last event. */
  readonly head: string;
}

export interface ArchivedPayload {
  readonly tenant: string;
  readonly sha256: string;
  readonly base64: string;
}

export interface ArchivedEvent {
  readonly stream: string;
  readonly revision: number;
  readonly position: string;
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly envelope: Envelope;
}

export interface ArchiveEnd {
  readonly executions: number;
  readonly events: number;
  readonly payloads: number;
  readonly sha256: string;
}

/** The archive cannot be made, or a file is not what was written. */
export class ArchiveRefused extends Error {
  readonly code = 'archive_refused';
}

export const toLine = ({ stream, revision, position, id, type, data, envelope }: RecordedEvent): ArchivedEvent => ({
  stream,
  revision: Number(revision),
  position,
  id,
  type,
  data,
  envelope,
});

export const toRecorded = (event: ArchivedEvent): RecordedEvent => ({ ...event, revision: BigInt(event.revision) });
