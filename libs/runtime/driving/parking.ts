import type { Leases, OpenExecution } from '#event-store';
import type { JsonObject } from '#plugin-sdk';

export interface RuntimeLog {
  info(fields: JsonObject, message: string): void;
  error(fields: JsonObject, message: string): void;
}

export interface ParkingParts {
  readonly leases: Pick<Leases, 'park'>;
  readonly log: RuntimeLog;
}

/** Of an execution with which this process cannot go on: it is told, and left alone until somebody asks something of it, or another process comes. */
export async function parkRow({ leases, log }: ParkingParts, row: OpenExecution, error: unknown): Promise<void> {
  log.error({ stream: row.stream, reason: String(error) }, 'Execution parked');
  await leases.park(row).catch(() => undefined);
}
