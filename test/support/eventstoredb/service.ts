import { type Metadata, type ServiceError, status } from '@grpc/grpc-js';

import { type Access } from './access.js';
import { type Faults } from './faults.js';
import { isRefusal, notLeader, refusal, thrownByHandler } from './refusals.js';
import { type StreamDatabase } from './stream-database.js';

export interface EndPoint {
  readonly host: string;
  readonly port: number;
}

export interface Member extends EndPoint {
  readonly id: string;
  readonly state: 'leader' | 'follower';
  readonly alive: boolean;
}

/** What one node's services work on. */
export interface Service {
  readonly database: StreamDatabase;
  readonly access: Access;
  readonly faults: Faults;
  readonly maxAppendSize: number;
  readonly version: string;
  readonly batchAppend: boolean;
  readonly members: () => readonly Member[];
  readonly self: () => Member;
}

/** A follower takes every call, and passes writes on; unless the caller insists on the leader. */
export const demandLeader = ({ self, members }: Service, headers: Metadata): void => {
  if (self().state === 'leader' || headers.get('requires-leader')[0] !== 'true') return;
  const leader = members().find(({ state, alive }) => state === 'leader' && alive);
  if (leader) throw notLeader(leader);
};

/** Settings that would be kept, but not followed, are refused. */
export const demandHonoured = (stream: string): void => {
  if (stream === '$settings') throw refusal(status.UNIMPLEMENTED, 'This server for tests does not follow $settings.');
};

/** What a handler threw, as it goes to the client: refusals as they are, all else without its reason. */
export const answerOf = (error: unknown): ServiceError => (isRefusal(error) ? error : thrownByHandler());

interface Outgoing<T> {
  readonly cancelled: boolean;
  readonly destroyed: boolean;
  write(message: T): boolean;
  once(event: 'drain' | 'cancelled' | 'close', listener: () => void): unknown;
  off(event: 'drain' | 'cancelled' | 'close', listener: () => void): unknown;
}

export const isOpen = ({ cancelled, destroyed }: { cancelled: boolean; destroyed: boolean }): boolean =>
  !cancelled && !destroyed;

/** Writes, and waits while the client does not read. */
export const send = async <T>(call: Outgoing<T>, message: T): Promise<void> => {
  if (!isOpen(call) || call.write(message)) return;
  await new Promise<void>((resolve) => {
    const events = ['drain', 'cancelled', 'close'] as const;
    const done = (): void => {
      for (const event of events) call.off(event, done);
      resolve();
    };
    for (const event of events) call.once(event, done);
  });
};
