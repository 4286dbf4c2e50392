import sharedPb, { type StreamIdentifier, type UUID } from '@eventstore/db-client/generated/shared_pb.js';
import streamsPb, { type ReadResp } from '@eventstore/db-client/generated/streams_pb.js';

import { type LoggedEvent } from './log.js';
import { invalidArgument, missingMetadata, thrownByHandler } from './refusals.js';
import { type Expected, type Proposed } from './stream-database.js';

type RecordedEvent = ReadResp.ReadEvent.RecordedEvent;

export const empty = () => new sharedPb.Empty();

/** No name, and the metadata of no name, are no names: the server throws. */
export const streamNameOf = (identifier: StreamIdentifier | undefined): string => {
  const name = Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');
  if (name === '' || name === '$$') throw thrownByHandler();
  return name;
};

export const identifierOf = (stream: string): StreamIdentifier => {
  const identifier = new sharedPb.StreamIdentifier();
  identifier.setStreamName(Uint8Array.from(Buffer.from(stream, 'utf8')));
  return identifier;
};

/** The options of append, delete and tombstone agree in this. */
export interface Expectation {
  hasAny(): boolean;
  hasNoStream(): boolean;
  hasStreamExists(): boolean;
}

export const expectedOf = (options: Expectation, revision: string | undefined): Expected => {
  if (options.hasAny()) return 'any';
  if (options.hasNoStream()) return 'no_stream';
  if (options.hasStreamExists()) return 'stream_exists';
  if (revision === undefined) throw invalidArgument('The expected stream revision is missing.');
  return BigInt(revision);
};

export interface ProposedMessage {
  getId(): UUID | undefined;
  getMetadataMap(): { get(key: string): string | undefined };
  getData_asU8(): Uint8Array;
  getCustomMetadata_asU8(): Uint8Array;
}

export const proposedOf = (message: ProposedMessage): Proposed => {
  const metadata = message.getMetadataMap();
  const type = metadata.get('type');
  const contentType = metadata.get('content-type');
  if (type === undefined) throw missingMetadata('type');
  if (contentType === undefined) throw missingMetadata('content-type');
  const id = idOf(message.getId());
  if (type === '' || id === nil) throw thrownByHandler();
  return {
    id,
    type,
    json: contentType === 'application/json',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
};

const nil = '00000000-0000-0000-0000-000000000000';
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** As text in lower case, whichever of its two forms was sent. */
export const idOf = (id: UUID | undefined): string => {
  const text = id?.hasStructured() ? fromHalves(id.getStructured()!) : (id?.getString() ?? '').toLowerCase();
  if (!uuid.test(text)) throw invalidArgument(`'${text}' is not a valid UUID.`);
  return text;
};

const fromHalves = (halves: UUID.Structured): string => {
  const hex = [halves.getMostSignificantBits(), halves.getLeastSignificantBits()]
    .map((half) => BigInt.asUintN(64, BigInt(half)).toString(16).padStart(16, '0'))
    .join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
};

export const uuidOf = (id: string, asText: boolean): UUID => {
  const message = new sharedPb.UUID();
  if (asText) {
    message.setString(id);
    return message;
  }
  const hex = id.replaceAll('-', '');
  const halves = new sharedPb.UUID.Structured();
  halves.setMostSignificantBits(BigInt.asIntN(64, BigInt(`0x${hex.slice(0, 16)}`)).toString());
  halves.setLeastSignificantBits(BigInt.asIntN(64, BigInt(`0x${hex.slice(16)}`)).toString());
  message.setStructured(halves);
  return message;
};

/** The event, and the link by which it was found. An event that the link no longer finds is absent. */
export const readEventOf = (found: LoggedEvent, target: LoggedEvent | undefined, textIds: boolean): ReadResp => {
  const event = new streamsPb.ReadResp.ReadEvent();
  const isLink = target !== found;
  if (isLink) event.setLink(recordedOf(found, textIds));
  if (target) event.setEvent(recordedOf(target, textIds));
  event.setCommitPosition(String(found.position));
  const response = new streamsPb.ReadResp();
  response.setEvent(event);
  return response;
};

const recordedOf = (event: LoggedEvent, textIds: boolean): RecordedEvent => {
  const recorded = new streamsPb.ReadResp.ReadEvent.RecordedEvent();
  recorded.setId(uuidOf(event.id, textIds));
  recorded.setStreamIdentifier(identifierOf(event.stream));
  recorded.setStreamRevision(String(event.revision));
  recorded.setCommitPosition(String(event.position));
  recorded.setPreparePosition(String(event.position));
  recorded.setData(event.data);
  recorded.setCustomMetadata(event.metadata);
  recorded
    .getMetadataMap()
    .set('type', event.type)
    .set('created', String(BigInt(event.createdAt) * 10_000n)) // ticks of 100 ns
    .set('content-type', event.json ? 'application/json' : 'application/octet-stream');
  return recorded;
};
