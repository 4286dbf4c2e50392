import type { RecordedEvent } from '#event-store';
import { Problem } from '../http/problem.js';

/**
 * An event on the wire, as JSON text: every member that its hash covers, and its data byte for byte as it is stored (a
 * parser and a writer between would order keys like "10" and "9" anew). What is no JSON any more is not served.
 */
export function eventText({ id, stream, revision, position, type, data, envelope }: RecordedEvent): string {
  if (!isJson(data)) {
    throw new Problem(
      'history_unreadable',
      `Event ${revision} of ${stream} is damaged. Ask …/verify where, and restore from a backup.`,
    );
  }
  const before = {
    id,
    stream,
    revision: Number(revision),
    position,
    type,
    schema: envelope.schema,
    v: envelope.v,
    tenant: envelope.tenant,
    at: envelope.at,
    actor: envelope.actor,
    causation_id: envelope.$causationId,
    correlation_id: envelope.$correlationId,
  };
  const after = { data_hash: envelope.dataHash, prev: envelope.prev, hash: envelope.hash };
  return `${JSON.stringify(before).slice(0, -1)},"data":${data},${JSON.stringify(after).slice(1)}`;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
