import type { RecordedEvent } from '#event-store';
import type { EventDto } from './execution.dto.js';

/** An event on the wire: its data as it is stored, and every member that its hash covers. */
export const eventView = ({ id, stream, revision, position, type, data, envelope }: RecordedEvent): EventDto => ({
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
  data: JSON.parse(data) as object,
  data_hash: envelope.dataHash,
  prev: envelope.prev,
  hash: envelope.hash,
});
