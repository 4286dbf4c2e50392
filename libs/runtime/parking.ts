import type { OpenExecution, OpenExecutions } from '#event-store';
import type { JsonObject } from '#plugin-sdk';

export interface RuntimeLog {
  info(fields: JsonObject, message: string): void;
  error(fields: JsonObject, message: string): void;
}

export interface ParkingParts {
  readonly openExecutions: Pick<OpenExecutions, 'put'>;
  readonly log: RuntimeLog;
}

/** Of an execution with which nobody can go on: it is told, and left alone until somebody asks something of it. */
export async function parkRow(
  { openExecutions, log }: ParkingParts,
  row: OpenExecution,
  error: unknown,
): Promise<void> {
  log.error({ stream: row.stream, reason: String(error) }, 'Execution parked');
  await openExecutions.put({ ...row, status: 'parked', dueAt: null }).catch(() => undefined);
}
