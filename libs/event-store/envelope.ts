import { hash } from 'node:crypto';
import { canonicalJson } from './canonical-json.js';
import type { Actor, Envelope, NewEvent, RecordedEvent } from './recorded-event.js';

/** An event before it has its place: what `seal` makes a `NewEvent` of. */
export interface Unsealed {
  readonly stream: string;
  readonly revision: bigint;
  /** Hash of the event before; for revision 0, `genesis(stream)`. */
  readonly prev: string;
  readonly id: string;
  readonly type: string;
  readonly schema: number;
  readonly data: unknown;
  readonly tenant: string;
  readonly at: string;
  readonly actor: Actor;
  readonly causationId: string;
  readonly correlationId: string;
}

const sha256 = (text: string): string => hash('sha256', text, 'hex');

/** What the first event of a stream follows. */
export const genesis = (stream: string): string => sha256(`chatter.genesis.v1\n${stream}`);

/**
 * Fixes an event in its place. `dataHash` = SHA-256 of the canonical data as stored; `hash` = SHA-256 of
 * `chatter.event.v1`, a newline, and the canonical header, which names stream, revision, id and type, so that an event
 * that was moved does not verify. Positions and other things that a store assigns later are not covered.
 */
export function seal(event: Unsealed): NewEvent {
  const { id, type, schema, tenant, at, actor, prev } = event;
  const data = canonicalJson(event.data);
  const dataHash = sha256(data);
  const hashed = sha256(preimage({ ...event, dataHash, actor: { sub: actor.sub, via: actor.via } }));
  const envelope: Envelope = {
    $correlationId: event.correlationId,
    $causationId: event.causationId,
    v: 1,
    tenant,
    schema,
    at,
    actor: { sub: actor.sub, via: actor.via },
    dataHash,
    prev,
    hash: hashed,
  };
  return { id, type, data, envelope };
}

/** The header in canonical form: its keys stand in order here, so that `JSON.stringify` gives just that. */
export function preimage(event: Omit<Unsealed, 'data'> & { readonly dataHash: string }): string {
  const header = {
    actor: event.actor,
    at: event.at,
    cause: event.causationId,
    corr: event.correlationId,
    dataHash: event.dataHash,
    id: event.id,
    prev: event.prev,
    revision: String(event.revision),
    schema: event.schema,
    stream: event.stream,
    tenant: event.tenant,
    type: event.type,
    v: 1,
  };
  return `chatter.event.v1\n${JSON.stringify(header)}`;
}

/** `unreadable`: the record or its envelope does not have the form of this version; the others name what does not agree. */
export type ChainFault = 'revision_gap' | 'prev' | 'data_hash' | 'hash' | 'not_canonical' | 'unreadable';

export interface ChainReport {
  readonly valid: boolean;
  readonly events: number;
  /** Hash of the last good event. */
  readonly head: string | null;
  readonly first_bad: { readonly revision: number; readonly reason: ChainFault } | null;
}

/**
 * Verifies a stream from its first event on. Finds any change to what is stored, but not a tail that was cut off, nor a
 * history that was rewritten as a whole: for those a checkpoint outside the store is needed.
 */
export async function verifyChain(
  stream: string,
  events: AsyncIterable<RecordedEvent> | Iterable<RecordedEvent>,
): Promise<ChainReport> {
  let head: string | null = null;
  let count = 0;
  const broken = (reason: ChainFault): ChainReport => ({
    valid: false,
    events: count,
    head,
    first_bad: { revision: count, reason },
  });
  try {
    for await (const event of events) {
      const reason = event.stream === stream ? faultOf(event, BigInt(count), head ?? genesis(stream)) : 'hash';
      if (reason) return broken(reason);
      head = event.envelope.hash;
      count += 1;
    }
  } catch (error) {
    if ((error as { code?: string }).code === 'store_damaged') return broken('unreadable');
    throw error;
  }
  return { valid: true, events: count, head, first_bad: null };
}

/** What is wrong with an event in this place; null: nothing. */
export function faultOf(event: RecordedEvent, revision: bigint, prev: string): ChainFault | null {
  const { envelope } = event;
  if (event.revision !== revision) return 'revision_gap';
  if (!hasOurForm(envelope)) return 'unreadable';
  if (sha256(event.data) !== envelope.dataHash) return 'data_hash';
  if (!isCanonical(event.data)) return 'not_canonical';
  if (envelope.prev !== prev) return 'prev';
  const { tenant, schema, at, actor, dataHash, $causationId: causationId, $correlationId: correlationId } = envelope;
  const { stream, id, type } = event;
  const facts = { stream, revision, prev, id, type, schema, tenant, at, actor, causationId, correlationId, dataHash };
  return sha256(preimage(facts)) === envelope.hash ? null : 'hash';
}

/** What the hash does not cover: the version it is made by, and that there is nothing beside what it does cover. */
function hasOurForm(envelope: Envelope | null | undefined): boolean {
  if (envelope?.v !== 1 || typeof envelope.hash !== 'string') return false;
  return Object.keys(envelope).length === 10 && Object.keys(envelope.actor ?? {}).length === 2;
}

function isCanonical(data: string): boolean {
  try {
    return canonicalJson(JSON.parse(data)) === data;
  } catch {
    return false;
  }
}
