import {
  AccessDeniedError,
  CancelledError,
  DeadlineExceededError,
  EventStoreDBClient,
  TimeoutError,
  UnavailableError,
} from '@eventstore/db-client';
import { patienceMs, StoreClosed, StoreUnavailable } from '#event-store';
import { appendMs, whenSilent } from './when-silent.js';

export interface EsdbLog {
  warn(facts: object, message: string): void;
}

export interface EsdbHealth {
  readonly reachable: boolean;
  /** Ms since the server has last answered; null: never yet. */
  readonly last_answer_ms_ago: number | null;
  /** What went wrong last; null: nothing, or it is over. */
  readonly failing: string | null;
}

const leaveMs = 250;

/** While the server is away it is asked this often whether it is back; who asks meanwhile is told at once. */
const probeMs = 1_000;

/** A time-out of our own around every call: the client has none where it batches appends, and none that a stuck connection minds. */
const timeoutMs = { answer: patienceMs, append: appendMs } as const;

/**
 * The client, and whether its server is there.
 *
 * 1. Every call has a time-out of its own. What comes of it after that is not waited for.
 * 2. A server that does not answer is away: from then on calls are refused at once, until a probe finds it back. Nothing is
 *    queued, and nobody waits longer than the first to find out: calls that are under way are given up, too.
 * 3. An append may take longer than an answer does. When it does, the server is asked for something else meanwhile.
 */
export class Connection {
  private client: EventStoreDBClient;
  private closed = false;
  private lastAnswer: number | null = null;
  private failing: string | null = null;
  private probing: NodeJS.Timeout | undefined;
  /** Gives up a call that is under way. */
  private readonly underWay = new Set<(error: Error) => void>();

  constructor(
    private readonly url: string,
    private readonly log: EsdbLog,
  ) {
    this.client = connect(url);
  }

  health(): EsdbHealth {
    const ago = this.lastAnswer === null ? null : Math.round(performance.now() - this.lastAnswer);
    return { reachable: this.failing === null, last_answer_ms_ago: ago, failing: this.failing };
  }

  mustBeOpen(): void {
    if (this.closed) throw new StoreClosed();
  }

  /** One call. Rejects with `StoreUnavailable` where there is no answer; its outcome is then unknown. */
  async ask<T>(kind: keyof typeof timeoutMs, call: (client: EventStoreDBClient) => Promise<T>): Promise<T> {
    this.mustAnswer();
    const { promise: givenUp, reject: giveUp } = Promise.withResolvers<never>();
    const late = () => giveUp(new StoreUnavailable(`EventStoreDB has not answered within ${timeoutMs[kind]} ms.`));
    const heard = [whenSilent(timeoutMs[kind], late)];
    if (kind === 'append')
      heard.push(whenSilent(patienceMs, () => void this.ask('answer', firstOf).catch(() => undefined))); // rule 3
    this.underWay.add(giveUp);
    try {
      const answer = await Promise.race([call(this.client), givenUp]);
      this.answered();
      return answer;
    } catch (error) {
      throw this.understood(error);
    } finally {
      this.underWay.delete(giveUp);
      for (const stop of heard) stop();
    }
  }

  /** For streams of answers: whoever reads them reports what happens. */
  stream<T>(open: (client: EventStoreDBClient) => T): T {
    this.mustAnswer();
    return open(this.client);
  }

  answered(): void {
    this.lastAnswer = performance.now();
    this.failing = null;
  }

  /** What an error of the client's means to us; those that say that the server is away are noted. */
  understood(error: unknown): Error {
    if (error instanceof StoreUnavailable) return this.noteAway(error);
    if (error instanceof AccessDeniedError) return new StoreUnavailable(denied);
    if (isAway(error))
      return this.noteAway(new StoreUnavailable(`EventStoreDB does not answer: ${(error as Error).message}`));
    return error as Error;
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.probing);
    await left(this.client);
  }

  /** Rule 2. */
  private mustAnswer(): void {
    this.mustBeOpen();
    if (this.failing !== null) throw new StoreUnavailable(`EventStoreDB is away: ${this.failing}`);
  }

  private noteAway(error: StoreUnavailable): StoreUnavailable {
    if (this.failing === null && !this.closed) {
      this.failing = error.message;
      this.log.warn({ reason: error.message }, 'EventStoreDB is away; it is asked again every second');
      for (const giveUp of this.underWay) giveUp(error); // rule 2
      this.probe();
    }
    return error;
  }

  /** With a new client: one that has lost its way in a cluster does not always find it again. */
  private probe(): void {
    this.probing = setTimeout(() => {
      void this.reconnect().then((isBack) => {
        if (!isBack && !this.closed) this.probe();
      });
    }, probeMs).unref();
  }

  private async reconnect(): Promise<boolean> {
    const client = connect(this.url);
    try {
      await Promise.race([firstOf(client), after(patienceMs)]);
    } catch (error) {
      void left(client);
      if (isAway(error) || error instanceof StoreUnavailable) return false;
    }
    await left(this.client); // first: the client library keeps one table of appends for all, and empties it when a connection ends
    if (this.closed) {
      void left(client);
      return true;
    }
    this.client = client;
    this.answered();
    this.log.warn({}, 'EventStoreDB is back');
    return true;
  }
}

const denied =
  'EventStoreDB denies the reading of $all. Give the user an ACL on $all (`chatter acl <user>`, see docs/guides/eventstoredb.md), or put it into $admins.';

const connect = (url: string): EventStoreDBClient =>
  EventStoreDBClient.connectionString(url.replace(/^kurrentdb(\+discover)?:/, 'esdb$1:'));

async function firstOf(client: EventStoreDBClient): Promise<void> {
  for await (const _ of client.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 1 })) return;
}

/** Its streams are cancelled. It waits for each to say that it has ended, which not every one does. */
const left = (client: EventStoreDBClient): Promise<unknown> =>
  Promise.race([
    client.dispose().catch(() => undefined),
    new Promise((resolve) => setTimeout(resolve, leaveMs).unref()),
  ]);

const after = (ms: number): Promise<never> =>
  new Promise((_, reject) => setTimeout(() => reject(new StoreUnavailable('It has not answered.')), ms).unref());

const awayErrors = [UnavailableError, DeadlineExceededError, TimeoutError, CancelledError];

/** Also what a socket says that was cut in the middle. */
const isAway = (error: unknown): boolean =>
  awayErrors.some((type) => error instanceof type) ||
  /ECONN|EPIPE|socket|ENOTFOUND|Failed to discover|Failed to connect|14 UNAVAILABLE|RST_STREAM/i.test(
    String((error as Error)?.message),
  );
