import type { CommandOf } from './execution.commands.js';
import type { Decision } from './decision.js';
import { hasEnded } from './execution.state.js';
import { Refusal } from './refusal.js';
import { deliver } from './waits.js';

/** More are not kept for waits that have not begun. */
export const maxBufferedSignals = 1_000;

/**
 * A signal from outside.
 *
 * 1. The same one twice (by its id) is one.
 * 2. It ends the wait for its name that began first, and that one alone.
 * 3. Where nobody waits for it yet, it is kept.
 */
export function receiveSignal(decision: Decision, { signalId, name, payload, by }: CommandOf<'Signal'>): void {
  const { state } = decision;
  if (state.signalIds.has(signalId)) return; // rule 1
  if (hasEnded(state))
    throw new Refusal('execution_ended', `The execution has already ${state.status}: no signal can reach it.`);
  const waiting = [...state.open].find(
    ({ status, wait }) => status === 'waiting' && wait?.for === 'signal' && wait.name === name,
  );
  if (!waiting && state.signals.length >= maxBufferedSignals)
    throw new Refusal(
      'too_many_signals',
      `${maxBufferedSignals} signals are kept that nothing waits for yet. Send more when some have been taken.`,
    );
  const woken = state.status === 'running' ? waiting : undefined;
  decision.record('SignalReceived', { by, name, ...(woken && { path: woken.path }), payload, signal_id: signalId });
  if (woken) deliver(decision, woken, { type: 'signal', name, payload });
}
