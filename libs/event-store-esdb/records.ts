import { binaryEvent, type AllStreamRecordedEvent, type EventData } from '@eventstore/db-client';
import {
  StoreDamaged,
  type Envelope,
  type NewEvent,
  type OpenChange,
  type Position,
  type RecordedEvent,
} from '#event-store';

/** What EventStoreDB keeps beside an event: its envelope; of the last event of an append, also what it changes in the list of open executions, which no hash covers. */
type Metadata = Envelope & { readonly open?: OpenChange };

/** As the client gives it, from whatever read it comes. */
export type Stored = Pick<
  AllStreamRecordedEvent,
  'id' | 'type' | 'streamId' | 'revision' | 'data' | 'metadata' | 'position'
>;

const width = 20;

/** Commit and prepare position, each of a fixed width. */
export const asPosition = ({ commit, prepare }: { readonly commit: bigint; readonly prepare: bigint }): Position =>
  String(commit).padStart(width, '0') + String(prepare).padStart(width, '0');

export const ofPosition = (position: Position) => ({
  commit: BigInt(position.slice(0, width)),
  prepare: BigInt(position.slice(width)),
});

/**
 * An event as it is stored: the bytes of its data as they were hashed. They are JSON, but go as bytes: this client would parse
 * and print what it is told is JSON, and what is proven is the text itself.
 */
export function asEventData({ id, type, data, envelope }: NewEvent, open: OpenChange | undefined): EventData {
  const metadata: Metadata = open === undefined ? envelope : { ...envelope, open };
  return binaryEvent({ id, type, data: Buffer.from(data, 'utf8'), metadata }) as EventData;
}

/** What is no event of ours is given as it is: whoever looks at its envelope finds that it does not verify. */
export function asRecorded({ id, type, streamId: stream, revision, data, metadata, position }: Stored): RecordedEvent {
  const { open: _, ...envelope } = (metadata ?? {}) as unknown as Metadata;
  const text = data instanceof Uint8Array ? Buffer.from(data).toString('utf8') : JSON.stringify(data);
  if (!position)
    throw new StoreDamaged(
      `The event ${revision} of ${stream} came without its position: EventStoreDB 22.6 or later is needed.`,
    );
  return { id, type, stream, revision, data: text, envelope, position: asPosition(position) };
}

/** Null: this event changes nothing in it. */
export const openChangeIn = ({ metadata }: Stored): OpenChange | null =>
  (metadata as unknown as Metadata | undefined)?.open ?? null;
