import { type sendUnaryData, type ServerUnaryCall } from '@grpc/grpc-js';

import streamsPb, {
  type DeleteReq,
  type DeleteResp,
  type TombstoneReq,
  type TombstoneResp,
} from '@eventstore/db-client/generated/streams_pb.js';

import { invalidArgument, streamDeleted, wrongExpectedVersion } from './refusals.js';
import { answerOf, demandLeader, type Service } from './service.js';
import { type Expected } from './stream-database.js';
import { expectedOf, streamNameOf } from './wire.js';

type Call<Request, Response> = ServerUnaryCall<Request, Response>;

export const deleteStream =
  (service: Service) =>
  async (call: Call<DeleteReq, DeleteResp>, callback: sendUnaryData<DeleteResp>): Promise<void> => {
    await close(service, call, callback, 'Delete', (position) => {
      const at = new streamsPb.DeleteResp.Position();
      at.setCommitPosition(position);
      at.setPreparePosition(position);
      const response = new streamsPb.DeleteResp();
      response.setPosition(at);
      return response;
    });
  };

export const tombstone =
  (service: Service) =>
  async (call: Call<TombstoneReq, TombstoneResp>, callback: sendUnaryData<TombstoneResp>): Promise<void> => {
    await close(service, call, callback, 'Tombstone', (position) => {
      const at = new streamsPb.TombstoneResp.Position();
      at.setCommitPosition(position);
      at.setPreparePosition(position);
      const response = new streamsPb.TombstoneResp();
      response.setPosition(at);
      return response;
    });
  };

const close = async <Response>(
  service: Service,
  call: Call<DeleteReq | TombstoneReq, Response>,
  callback: sendUnaryData<Response>,
  rpc: 'Delete' | 'Tombstone',
  answer: (position: string) => Response,
): Promise<void> => {
  try {
    const { stream, expected } = targetOf(call.request);
    await service.faults.before(rpc);
    service.access.demand('delete', stream, call.metadata);
    demandLeader(service, call.metadata);
    if (call.cancelled) return;
    const { database } = service;
    const outcome = rpc === 'Delete' ? database.delete(stream, expected) : database.tombstone(stream, expected);
    if (service.faults.losesAnswer(call.getPeer())) return;
    if (outcome.type === 'deleted') throw streamDeleted(stream);
    if (outcome.type === 'conflict') throw wrongExpectedVersion(stream, expected, outcome.current);
    callback(null, answer(String(outcome.position)));
  } catch (error) {
    callback(answerOf(error));
  }
};

const targetOf = (request: DeleteReq | TombstoneReq): { stream: string; expected: Expected } => {
  const options = request.getOptions();
  if (!options) throw invalidArgument('The options are missing.');
  return {
    stream: streamNameOf(options.getStreamIdentifier()),
    expected: expectedOf(options, options.hasRevision() ? options.getRevision() : undefined),
  };
};
