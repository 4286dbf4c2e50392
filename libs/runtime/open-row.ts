import { hasEnded, isWaiting, nextDue, type ExecutionState } from '#engine';
import type { OpenChange, OpenExecution } from '#event-store';
import type { ExecutionContext } from './execution-context.js';

/** What the append changes in the list of open executions; nothing, where the row is as it was. */
export function openChange(context: ExecutionContext, process: string): OpenChange | undefined {
  const { state, openRow, driven, driver } = context;
  if (hasEnded(state)) return openRow === null ? undefined : 'closed';
  const status = rests(state) ? 'waiting' : 'running';
  const row: OpenExecution = {
    stream: context.stream,
    tenant: context.tenant,
    priority: context.priority,
    status,
    dueAt: dueAt(state),
    driver: status === 'waiting' ? null : driven ? process : driver,
  };
  const same = openRow?.status === row.status && openRow.dueAt === row.dueAt && openRow.driver === row.driver;
  return same ? undefined : { row };
}

/** Which process goes on with an execution that is in this state; null: whoever comes first. */
export const driverIn = (state: ExecutionState): string | null =>
  hasEnded(state) || rests(state) || state.process === '' ? null : state.process;

const rests = (state: ExecutionState): boolean => isWaiting(state) && !hasChildren(state);

/** Whether a child has to be started, or to be asked after, when a process takes this execution up. */
const hasChildren = ({ open }: ExecutionState): boolean => [...open].some(({ wait }) => wait?.for === 'child');

/** The earliest of: a timer, a retry's time, the deadline, the end of the time it may spend running. */
export function dueAt(state: ExecutionState): number | null {
  const { deadline, timeout_ms } = state.accepted!.limits;
  if (state.status !== 'running') return nextDue(state);
  const allowed = state.warned.has('timeout_ms') ? timeout_ms : Math.ceil(timeout_ms * 0.8);
  const moments = [
    nextDue(state),
    deadline === null ? null : Date.parse(deadline),
    state.runningSince === null ? null : state.runningSince + allowed - state.ranMs,
  ];
  const known = moments.filter((moment) => moment !== null);
  return known.length === 0 ? null : Math.min(...known);
}

/** Stands for a row that this process has not written itself: the next append writes it anew, or removes it. */
export const unknownRow = ({ stream, tenant, priority }: ExecutionContext): OpenExecution => ({
  stream,
  tenant,
  priority,
  status: 'parked',
  dueAt: null,
});
