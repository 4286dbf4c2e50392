import { setImmediate } from 'node:timers/promises';

import { type ServerWritableStream } from '@grpc/grpc-js';

import streamsPb, { type ReadReq, type ReadResp } from '@eventstore/db-client/generated/streams_pb.js';

import { type Filter, filterOf } from './filter.js';
import { type Direction, type LoggedEvent } from './log.js';
import { invalidArgument, invalidPosition, streamDeleted } from './refusals.js';
import { answerOf, demandLeader, isOpen, send, type Service } from './service.js';
import { type StreamDatabase } from './stream-database.js';
import { allSource, streamSource, subscribe } from './subscription.js';
import { identifierOf, readEventOf, streamNameOf } from './wire.js';

type ReadCall = ServerWritableStream<ReadReq, ReadResp>;

const PAGE_SIZE = 256;
const END = 2n ** 64n - 1n;

/** Reads and subscriptions, of one stream or of `$all`, are one call with different options. */
export const read =
  (service: Service) =>
  async (call: ReadCall): Promise<void> => {
    try {
      await service.faults.before('Read');
      const request = requestOf(call.request, service.database);
      service.access.demand('read', request.stream ?? '$all', call.metadata);
      demandLeader(service, call.metadata);
      if (request.subscription) await follow(service, call, request);
      else await readOnce(service, call, request);
      if (isOpen(call)) call.end();
    } catch (error) {
      call.emit('error', answerOf(error));
    }
  };

interface ReadRequest {
  readonly stream: string | undefined;
  readonly subscription: boolean;
  readonly direction: Direction;
  readonly count: bigint;
  readonly from: bigint | 'start' | 'end';
  readonly filter: Filter | undefined;
  readonly answer: (found: LoggedEvent) => ReadResp;
}

const requestOf = (message: ReadReq, database: StreamDatabase): ReadRequest => {
  const options = message.getOptions();
  const ids = options?.getUuidOption();
  if (!options || !ids) throw invalidArgument("'uuidOption' is a required argument.");
  const byStream = options.getStream();
  const direction = options.getReadDirection() === 1 ? 'backwards' : 'forwards';
  const filter = options.getFilter();
  const subscription = options.hasSubscription();
  if (
    (!byStream && !options.hasAll()) ||
    (!subscription && !options.hasCount()) ||
    (!filter && !options.hasNoFilter()) ||
    (byStream && filter) ||
    (subscription && direction === 'backwards')
  ) {
    throw invalidArgument('The combination of stream, count, direction and filter is invalid.');
  }
  return {
    stream: byStream && streamNameOf(byStream.getStreamIdentifier()),
    subscription,
    direction,
    count: subscription ? 0n : BigInt(options.getCount()),
    from: byStream ? revisionOf(byStream) : positionOf(options.getAll()!, database),
    filter: filter && filterOf(filter),
    answer: (found) =>
      readEventOf(found, options.getResolveLinks() ? targetOf(found, database) : found, ids.hasString()),
  };
};

const revisionOf = (stream: ReadReq.Options.StreamOptions): ReadRequest['from'] => {
  if (stream.hasStart()) return 'start';
  if (stream.hasEnd()) return 'end';
  if (!stream.hasRevision()) throw invalidArgument('A read of a stream says where it begins.');
  return BigInt(stream.getRevision());
};

/** Only what the log once gave as a position is one; beyond its end nothing is there yet. */
const positionOf = (all: ReadReq.Options.AllOptions, { log }: StreamDatabase): ReadRequest['from'] => {
  if (all.hasStart()) return 'start';
  if (all.hasEnd()) return 'end';
  const position = all.getPosition();
  if (!position) throw invalidArgument('A read of $all says where it begins.');
  const commit = BigInt(position.getCommitPosition());
  if (commit === END) return 'end';
  if (commit < 0n || commit !== BigInt(position.getPreparePosition())) throw invalidPosition();
  if (commit <= log.end() && !log.has(commit)) throw invalidPosition();
  return commit;
};

/** A link is an event of type `$>` whose data is `revision@stream`; with other data it is an event like any. */
const targetOf = (event: LoggedEvent, { log }: StreamDatabase): LoggedEvent | undefined => {
  if (event.type !== '$>') return event;
  const [, revision, stream] = /^(\d+)@(.+)$/s.exec(Buffer.from(event.data).toString('utf8')) ?? [];
  return stream === undefined ? event : log.at(stream, BigInt(revision!));
};

const readOnce = (service: Service, call: ReadCall, request: ReadRequest): Promise<void> =>
  request.stream === undefined
    ? readAll(service.database, call, request)
    : readStream(service.database, call, request, request.stream);

const readStream = async (
  database: StreamDatabase,
  call: ReadCall,
  { from, count, direction, answer }: ReadRequest,
  stream: string,
): Promise<void> => {
  let next: bigint | undefined = startOf(from, direction);
  let left = count;
  while (next !== undefined && isOpen(call)) {
    const page = database.readStream(stream, next, left < PAGE_SIZE ? Number(left) : PAGE_SIZE, direction);
    if (page.type === 'deleted') throw streamDeleted(stream);
    if (page.type === 'not_found') return send(call, notFound(stream));
    for (const event of page.events) await send(call, answer(event));
    left -= BigInt(page.events.length);
    next = left > 0n ? page.next : undefined;
    await setImmediate();
  }
};

const startOf = (from: ReadRequest['from'], direction: Direction): bigint => {
  if (typeof from === 'bigint') return from;
  if (from === 'start') return 0n;
  return direction === 'forwards' ? END : END - 1n;
};

const readAll = async (
  { log }: StreamDatabase,
  call: ReadCall,
  { from, count, direction, filter, answer }: ReadRequest,
): Promise<void> => {
  let next = startOf(from, direction);
  let left = count;
  while (left > 0n && isOpen(call)) {
    const page = log.readAll(next, PAGE_SIZE, direction);
    for (const event of page) {
      if (left === 0n) return;
      if (filter && !filter.matches(event)) continue;
      left -= 1n;
      await send(call, answer(event));
    }
    if (page.length < PAGE_SIZE) return;
    const last = page.at(-1)!.position;
    next = direction === 'forwards' ? last + 1n : last;
    await setImmediate();
  }
};

const follow = (
  { database }: Service,
  call: ReadCall,
  { stream, from, filter, answer }: ReadRequest,
): Promise<void> => {
  const source = stream === undefined ? allSource(database, from, filter) : streamSource(database, stream, from);
  return subscribe(call, source, database, answer);
};

const notFound = (stream: string): ReadResp => {
  const missing = new streamsPb.ReadResp.StreamNotFound();
  missing.setStreamIdentifier(identifierOf(stream));
  const response = new streamsPb.ReadResp();
  response.setStreamNotFound(missing);
  return response;
};
