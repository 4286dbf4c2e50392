import { type ServerDuplexStream, status } from '@grpc/grpc-js';
import anyPb from 'google-protobuf/google/protobuf/any_pb.js';
import emptyPb from 'google-protobuf/google/protobuf/empty_pb.js';

import sharedPb, { type UUID } from '@eventstore/db-client/generated/shared_pb.js';
import statusPb, { type Status } from '@eventstore/db-client/generated/status_pb.js';
import streamsPb, { type BatchAppendReq, type BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';

import { isRefusal } from './refusals.js';
import { answerOf, demandHonoured, demandLeader, isOpen, send, type Service } from './service.js';
import { type Expected, type Outcome, type Proposed, sizeOf } from './stream-database.js';
import { expectedOf, identifierOf, idOf, proposedOf, streamNameOf } from './wire.js';

type BatchCall = ServerDuplexStream<BatchAppendReq, BatchAppendResp>;

/** The longest that the server itself gives a write. */
const WRITE_TIMEOUT_MS = 2_000;

/** An append of which more pieces are to come. */
interface Pending {
  readonly stream: string;
  readonly expected: Expected;
  readonly deadline: number;
  readonly events: Proposed[];
  readonly timer: NodeJS.Timeout;
}

/** The newer append: many appends over one call, each in pieces that bear its correlation id. */
export const batchAppend = (service: Service) => (call: BatchCall) => {
  const pending = new Map<string, Pending>();
  let turn = Promise.resolve();
  let over = false;
  const forget = (): void => {
    over = true;
    for (const { timer } of pending.values()) clearTimeout(timer);
    pending.clear();
  };
  const next = async (request: BatchAppendReq): Promise<void> => {
    if (over) return;
    try {
      await take(service, call, pending, request);
    } catch (error) {
      forget();
      if (isOpen(call)) call.emit('error', answerOf(error));
    }
  };
  call.on('data', (request: BatchAppendReq) => {
    turn = turn.then(() => next(request));
  });
  call.on('end', () => void turn.then(() => isOpen(call) && call.end()));
  call.on('cancelled', forget);
  call.on('close', forget);
};

/**
 * One piece of an append.
 *
 * 1. What is wrong with one append is an answer with its correlation id; the call and the other appends go on.
 * 2. What is wrong with the server, not with the append, ends the call.
 * 3. Pieces of an append that has been answered are passed over.
 * 4. An append that is not complete at its deadline is answered with a time-out, and not made.
 */
const take = async (
  service: Service,
  call: BatchCall,
  pending: Map<string, Pending>,
  request: BatchAppendReq,
): Promise<void> => {
  const id = idOf(request.getCorrelationId());
  const answer = (stream: string, result: Status | Outcome): Promise<void> =>
    send(call, responseOf(request.getCorrelationId()!, stream, result));
  const options = request.getOptions();
  if (options) await service.faults.before('BatchAppend'); // rule 2
  try {
    if (options) {
      demandLeader(service, call.metadata);
      const begun = begin(service, call, options);
      if (begun.deadline <= Date.now()) return await answer(begun.stream, timeout());
      const late = (): void => {
        if (pending.delete(id)) void answer(begun.stream, timeout()); // rule 4
      };
      pending.set(id, { ...begun, events: [], timer: setTimeout(late, begun.deadline - Date.now()) });
    }
    const append = pending.get(id);
    if (!append) return; // rule 3
    append.events.push(...request.getProposedMessagesList().map(proposedOf));
    const tooLarge = append.events.reduce((size, event) => size + sizeOf(event), 0) > service.maxAppendSize;
    if (!tooLarge && !request.getIsFinal()) return;
    clearTimeout(append.timer);
    pending.delete(id);
    if (tooLarge) return await answer(append.stream, maximumSize(service.maxAppendSize));
    if (!isOpen(call)) return;
    const outcome = service.database.append(append.stream, append.expected, append.events);
    if (service.faults.losesAnswer(call.getPeer())) return;
    await answer(append.stream, outcome.type === 'conflict' ? conflict(append.expected, outcome.current) : outcome);
  } catch (error) {
    const begun = pending.get(id);
    clearTimeout(begun?.timer);
    pending.delete(id);
    if (isRefusal(error) && error.metadata.get('exception')[0] === 'not-leader') throw error; // rule 2
    await answer(begun?.stream ?? nameOf(options), refusalOf(error)); // rule 1
  }
};

const nameOf = (options: BatchAppendReq.Options | undefined): string =>
  Buffer.from(options?.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString('utf8');

const begin = (service: Service, call: BatchCall, options: BatchAppendReq.Options) => {
  const stream = streamNameOf(options.getStreamIdentifier());
  demandHonoured(stream);
  service.access.demand('write', stream, call.metadata);
  const asked = options.getDeadline()?.toDate().getTime() ?? Infinity;
  return {
    stream,
    expected: expectedOf(options, options.hasStreamPosition() ? options.getStreamPosition() : undefined),
    deadline: Math.min(asked, Date.now() + WRITE_TIMEOUT_MS),
  };
};

const responseOf = (correlationId: UUID, stream: string, result: Status | Outcome): BatchAppendResp => {
  const response = new streamsPb.BatchAppendResp();
  response.setCorrelationId(correlationId);
  response.setStreamIdentifier(identifierOf(stream));
  if (result instanceof statusPb.Status) response.setError(result);
  else if (result.type === 'written') response.setSuccess(success(result));
  else response.setError(deleted(stream));
  return response;
};

const success = ({ revision, position }: Outcome & { type: 'written' }): BatchAppendResp.Success => {
  const written = new streamsPb.BatchAppendResp.Success();
  if (revision < 0n) written.setNoStream(new emptyPb.Empty());
  else written.setCurrentRevision(String(revision));
  const at = new sharedPb.AllStreamPosition();
  at.setCommitPosition(String(position));
  at.setPreparePosition(String(position));
  written.setPosition(at);
  return written;
};

const conflict = (expected: Expected, current: bigint): Status => {
  const wrong = new sharedPb.WrongExpectedVersion();
  if (expected === 'any') wrong.setExpectedAny(new emptyPb.Empty());
  else if (expected === 'no_stream') wrong.setExpectedNoStream(new emptyPb.Empty());
  else if (expected === 'stream_exists') wrong.setExpectedStreamExists(new emptyPb.Empty());
  else wrong.setExpectedStreamPosition(String(expected));
  if (current < 0n) wrong.setCurrentNoStream(new emptyPb.Empty());
  else wrong.setCurrentStreamRevision(String(current));
  return statusOf(status.FAILED_PRECONDITION, 'Wrong expected version.', 'WrongExpectedVersion', wrong);
};

const deleted = (stream: string): Status => {
  const details = new sharedPb.StreamDeleted();
  details.setStreamIdentifier(identifierOf(stream));
  return statusOf(status.FAILED_PRECONDITION, 'Stream deleted.', 'StreamDeleted', details);
};

const maximumSize = (limit: number): Status => {
  const details = new sharedPb.MaximumAppendSizeExceeded();
  details.setMaxappendsize(limit);
  return statusOf(status.INVALID_ARGUMENT, 'Maximum append size exceeded.', 'MaximumAppendSizeExceeded', details);
};

const timeout = (): Status => statusOf(status.DEADLINE_EXCEEDED, 'Timeout', 'Timeout', new sharedPb.Timeout());

const refusalOf = (error: unknown): Status => {
  const { code, details } = answerOf(error);
  if (code === status.PERMISSION_DENIED || code === status.UNAUTHENTICATED) {
    return statusOf(status.PERMISSION_DENIED, 'Access denied.', 'AccessDenied', new sharedPb.AccessDenied());
  }
  const bad = new sharedPb.BadRequest();
  bad.setMessage(details);
  return statusOf(status.INVALID_ARGUMENT, details, 'BadRequest', bad);
};

const statusOf = (code: status, message: string, type: string, details: { serializeBinary(): Uint8Array }): Status => {
  const any = new anyPb.Any();
  any.pack(details.serializeBinary(), `event_store.client.${type}`);
  const answer = new statusPb.Status();
  answer.setCode(code as number);
  answer.setMessage(message);
  answer.setDetails(any);
  return answer;
};
