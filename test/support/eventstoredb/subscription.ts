import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';

import { type ServerWritableStream } from '@grpc/grpc-js';

import streamsPb, { type ReadReq, type ReadResp } from '@eventstore/db-client/generated/streams_pb.js';

import { type Filter, PAGE } from './filter.js';
import { type LoggedEvent } from './log.js';
import { streamDeleted, thrownByHandler } from './refusals.js';
import { isOpen, send } from './service.js';
import { type StreamDatabase } from './stream-database.js';

type ReadCall = ServerWritableStream<ReadReq, ReadResp>;

/** What a subscription reads, one page after the other. An empty page is the end, for now. */
export interface Source {
  next(): readonly Seen[];
  /** After so many events seen comes a checkpoint, and one where it has caught up; without it none. */
  readonly checkpointInterval?: number;
}

/** An event that was looked at, and whether the subscriber wants it. */
interface Seen {
  readonly event: LoggedEvent;
  readonly wanted: boolean;
}

/** What comes after `from`: `from` itself has been seen. */
export const streamSource = (database: StreamDatabase, stream: string, from: bigint | 'start' | 'end'): Source => {
  let next = afterOf(from, database.revision(stream));
  return {
    next: () => {
      const page = database.readStream(stream, next, PAGE, 'forwards');
      if (page.type === 'deleted') throw streamDeleted(stream);
      if (page.type === 'not_found') return [];
      next = page.next ?? (page.events.at(-1)?.revision ?? next - 1n) + 1n;
      return page.events.map((event) => ({ event, wanted: true }));
    },
  };
};

export const allSource = (
  { log }: StreamDatabase,
  from: bigint | 'start' | 'end',
  filter: Filter | undefined,
): Source => {
  if (filter?.multiplier === 0) throw thrownByHandler();
  let next = afterOf(from, log.end());
  return {
    next: () => {
      const page = log.readAll(next, filter?.window ?? PAGE, 'forwards');
      next = page.length > 0 ? page.at(-1)!.position + 1n : next;
      return page.map((event) => ({ event, wanted: filter?.matches(event) ?? true }));
    },
    ...(filter && { checkpointInterval: filter.window * filter.multiplier }),
  };
};

const afterOf = (from: bigint | 'start' | 'end', last: bigint): bigint => {
  if (from === 'start') return 0n;
  return (from === 'end' ? last : from) + 1n;
};

/**
 * Confirms, sends what there is, says that it has caught up, and goes on with what is written.
 *
 * 1. A filtered one sends a checkpoint after each interval, and one before it says that it has caught up.
 * 2. Nothing is kept for a slow client: it is read on when the client has read. One that is a page behind has fallen
 *    behind: it is not told, but told again when it has caught up.
 */
export const subscribe = async (
  call: ReadCall,
  source: Source,
  database: StreamDatabase,
  answer: (event: LoggedEvent) => ReadResp,
): Promise<void> => {
  const checkpoints = new Checkpoints(source.checkpointInterval);
  let live = false;
  await send(call, confirmation());
  while (isOpen(call)) {
    const page = source.next();
    if (page.length === 0 && live) {
      await written(call, database);
      continue;
    }
    for (const { event, wanted } of page) {
      if (wanted) await send(call, answer(event));
      if (checkpoints.isDueAfter(event)) await send(call, checkpoint(event)); // rule 1
    }
    if (page.length >= PAGE) live = false; // rule 2
    if (page.length === 0) {
      const last = checkpoints.pending();
      if (last) await send(call, checkpoint(last)); // rule 1
      await send(call, caughtUp());
      live = true;
    }
    await setImmediate();
  }
};

/** Counts the events seen since the last checkpoint. */
class Checkpoints {
  private seen = 0;
  private last: LoggedEvent | undefined;

  private readonly interval: number | undefined;

  constructor(interval: number | undefined) {
    this.interval = interval;
  }

  isDueAfter(event: LoggedEvent): boolean {
    this.last = event;
    this.seen += 1;
    if (this.interval === undefined || this.seen < this.interval) return false;
    this.seen = 0;
    return true;
  }

  /** The last event seen, when no checkpoint has said so yet. */
  pending(): LoggedEvent | undefined {
    if (this.interval === undefined || this.seen === 0) return undefined;
    this.seen = 0;
    return this.last;
  }
}

const written = async (call: ReadCall, database: StreamDatabase): Promise<void> => {
  await new Promise<void>((resolve) => {
    const forget = database.afterWrite(done);
    function done(): void {
      forget();
      call.off('cancelled', done);
      call.off('close', done);
      resolve();
    }
    call.once('cancelled', done);
    call.once('close', done);
  });
};

const confirmation = (): ReadResp => {
  const confirmed = new streamsPb.ReadResp.SubscriptionConfirmation();
  confirmed.setSubscriptionId(randomUUID());
  const response = new streamsPb.ReadResp();
  response.setConfirmation(confirmed);
  return response;
};

const checkpoint = ({ position }: LoggedEvent): ReadResp => {
  const reached = new streamsPb.ReadResp.Checkpoint();
  reached.setCommitPosition(String(position));
  reached.setPreparePosition(String(position));
  const response = new streamsPb.ReadResp();
  response.setCheckpoint(reached);
  return response;
};

const caughtUp = (): ReadResp => {
  const response = new streamsPb.ReadResp();
  response.setCaughtUp(new streamsPb.ReadResp.CaughtUp());
  return response;
};
