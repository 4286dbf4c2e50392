import type { AllStreamSubscription } from '@eventstore/db-client';
import type { Stored } from './records.js';
import type { Connection } from './connection.js';
import { asPosition } from './records.js';

/** What a subscription tells, in order: events, how far it has looked where nothing was wanted, and that there is no more for now. */
export type Told =
  | { readonly type: 'event'; readonly event: Stored; readonly position: string }
  | { readonly type: 'looked'; readonly position: string }
  | { readonly type: 'caught_up' };

type Subscribe = (looked: (position: { commit: bigint; prepare: bigint }) => void) => AllStreamSubscription;

/**
 * A subscription of the client's as an async iterable. Events are taken one by one, so that a slow reader slows the server and
 * nothing is heaped up; what is told between them keeps its place among them. Ends by the signal, and rejects where the
 * subscription breaks.
 */
export async function* feed(connection: Connection, subscribe: Subscribe, signal: AbortSignal): AsyncGenerator<Told> {
  /** Told between events, and how many events that are already here come before it. */
  const between: { after: number; readonly told: Told }[] = [];
  /** There was no more, once; and whether something has been told since. The server does not say so again of what comes then. */
  let live = false;
  let news = false;
  let failure: Error | null = null;
  let ended = false;
  let wake = (): void => undefined;
  const tell = (told: Told) => {
    between.push({ after: subscription.readableLength, told });
    wake();
  };
  const subscription: AllStreamSubscription = subscribe((position) =>
    tell({ type: 'looked', position: asPosition(position) }),
  );
  const end = () => {
    ended = true;
    wake();
  };
  subscription.on('readable', () => wake());
  subscription.on('confirmation', () => connection.answered());
  subscription.on('caughtUp', () => tell({ type: 'caught_up' }));
  subscription.on('fellBehind', () => (live = false));
  subscription.on('error', (error: Error) => {
    failure = connection.understood(error);
    wake();
  });
  subscription.on('end', end);
  subscription.on('close', end);
  signal.addEventListener('abort', end);
  try {
    while (!signal.aborted) {
      if (between[0]?.after === 0) {
        const { told } = between.shift()!;
        live ||= told.type === 'caught_up';
        news = told.type !== 'caught_up';
        yield told;
        continue;
      }
      const resolved = subscription.read() as { event?: Stored } | null;
      if (resolved) {
        for (const each of between) each.after -= 1;
        const { event } = resolved;
        news = true;
        if (event?.position) yield { type: 'event', event, position: asPosition(event.position) };
        continue;
      }
      if (live && news) {
        news = false;
        yield { type: 'caught_up' };
        continue;
      }
      if (failure) throw failure;
      if (ended) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (failure || ended || signal.aborted || subscription.readableLength > 0 || between[0]?.after === 0) resolve();
      });
    }
  } finally {
    signal.removeEventListener('abort', end);
    subscription.on('error', () => undefined); // what it says on its way out is of no interest
    void subscription.unsubscribe().catch(() => undefined);
  }
}
