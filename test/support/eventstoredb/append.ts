import { type sendUnaryData, type ServerReadableStream } from '@grpc/grpc-js';

import streamsPb, { type AppendReq, type AppendResp } from '@eventstore/db-client/generated/streams_pb.js';

import { invalidArgument, maximumAppendSizeExceeded, streamDeleted, thrownByHandler } from './refusals.js';
import { answerOf, demandHonoured, demandLeader, type Service } from './service.js';
import { type Expected, type Outcome, type Proposed, sizeOf } from './stream-database.js';
import { empty, expectedOf, proposedOf, streamNameOf } from './wire.js';

/** The older append: one call, the options first, then one message for each event. */
export const append =
  (service: Service) =>
  async (call: ServerReadableStream<AppendReq, AppendResp>, callback: sendUnaryData<AppendResp>): Promise<void> => {
    try {
      const messages: AppendReq[] = [];
      for await (const message of call) messages.push(message as AppendReq);
      const { stream, expected } = targetOf(messages[0]);
      await service.faults.before('Append');
      demandHonoured(stream);
      service.access.demand('write', stream, call.metadata);
      demandLeader(service, call.metadata);
      const events = eventsOf(messages.slice(1), service.maxAppendSize);
      if (call.cancelled) return;
      const outcome = service.database.append(stream, expected, events);
      if (service.faults.losesAnswer(call.getPeer())) return;
      if (outcome.type === 'deleted') throw streamDeleted(stream);
      callback(null, outcome.type === 'written' ? success(outcome) : conflict(expected, outcome.current));
    } catch (error) {
      callback(answerOf(error));
    }
  };

const targetOf = (first: AppendReq | undefined): { stream: string; expected: Expected } => {
  const options = first?.getOptions();
  if (!options) throw thrownByHandler();
  return {
    expected: expectedOf(options, options.hasRevision() ? options.getRevision() : undefined),
    stream: streamNameOf(options.getStreamIdentifier()),
  };
};

const eventsOf = (messages: readonly AppendReq[], limit: number): Proposed[] => {
  const events = messages.map((message) => {
    const proposed = message.getProposedMessage();
    if (!proposed) throw invalidArgument('After the options come proposed messages.');
    return proposedOf(proposed);
  });
  if (events.reduce((size, event) => size + sizeOf(event), 0) > limit) throw maximumAppendSizeExceeded(limit);
  return events;
};

const success = ({ revision, position }: Outcome & { type: 'written' }): AppendResp => {
  const written = new streamsPb.AppendResp.Success();
  if (revision < 0n) written.setNoStream(empty());
  else written.setCurrentRevision(String(revision));
  const at = new streamsPb.AppendResp.Position();
  at.setCommitPosition(String(position));
  at.setPreparePosition(String(position));
  written.setPosition(at);
  const response = new streamsPb.AppendResp();
  response.setSuccess(written);
  return response;
};

const conflict = (expected: Expected, current: bigint): AppendResp => {
  const wrong = new streamsPb.AppendResp.WrongExpectedVersion();
  if (expected === 'any') wrong.setExpectedAny(empty());
  else if (expected === 'no_stream') wrong.setExpectedNoStream(empty());
  else if (expected === 'stream_exists') wrong.setExpectedStreamExists(empty());
  else wrong.setExpectedRevision(String(expected));
  if (current < 0n) wrong.setCurrentNoStream(empty());
  else wrong.setCurrentRevision(String(current));
  const response = new streamsPb.AppendResp();
  response.setWrongExpectedVersion(wrong);
  return response;
};
