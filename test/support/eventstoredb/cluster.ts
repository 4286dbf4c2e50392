import { type sendUnaryData, type ServerUnaryCall } from '@grpc/grpc-js';

import gossipPb, { type ClusterInfo } from '@eventstore/db-client/generated/gossip_pb.js';
import featuresPb, { type SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb.js';
import { type Empty } from '@eventstore/db-client/generated/shared_pb.js';

import { answerOf, type Member, type Service } from './service.js';
import { uuidOf } from './wire.js';

/** Who is in the cluster, and who leads it. Asked by clients that discover their node; needs no name. */
export const gossip =
  ({ faults, members }: Service) =>
  async (_call: ServerUnaryCall<Empty, ClusterInfo>, callback: sendUnaryData<ClusterInfo>): Promise<void> => {
    try {
      await faults.before('Gossip');
      const info = new gossipPb.ClusterInfo();
      info.setMembersList(members().map(memberOf));
      callback(null, info);
    } catch (error) {
      callback(answerOf(error));
    }
  };

const memberOf = ({ id, host, port, state, alive }: Member): gossipPb.MemberInfo => {
  const endPoint = new gossipPb.EndPoint();
  endPoint.setAddress(host);
  endPoint.setPort(port);
  const member = new gossipPb.MemberInfo();
  const { LEADER, FOLLOWER } = gossipPb.MemberInfo.VNodeState;
  member.setInstanceId(uuidOf(id, true));
  member.setTimeStamp(String(BigInt(Date.now()) * 10_000n));
  member.setState(state === 'leader' ? LEADER : FOLLOWER);
  member.setIsAlive(alive);
  member.setHttpEndPoint(endPoint);
  return member;
};

const streams = 'event_store.client.streams.streams';

const methods: readonly (readonly [string, string, readonly string[]])[] = [
  [streams, 'read', ['position', 'events']],
  [streams, 'append', []],
  [streams, 'batchappend', ['deadline_duration']],
  [streams, 'delete', []],
  [streams, 'tombstone', []],
  ['event_store.client.gossip.gossip', 'read', []],
  ['event_store.client.server_features.serverfeatures', 'getsupportedmethods', []],
];

/** Which calls this server has, in lower case. Clients ask before their first append. */
export const supportedMethods =
  ({ faults, version, batchAppend }: Service) =>
  async (_call: ServerUnaryCall<Empty, SupportedMethods>, callback: sendUnaryData<SupportedMethods>): Promise<void> => {
    try {
      await faults.before('GetSupportedMethods');
      const supported = new featuresPb.SupportedMethods();
      supported.setEventStoreServerVersion(version);
      supported.setMethodsList(
        methods
          .filter(([, method]) => batchAppend || method !== 'batchappend')
          .map(([service, method, features]) => {
            const known = new featuresPb.SupportedMethod();
            known.setServiceName(service);
            known.setMethodName(method);
            known.setFeaturesList([...features]);
            return known;
          }),
      );
      callback(null, supported);
    } catch (error) {
      callback(answerOf(error));
    }
  };
