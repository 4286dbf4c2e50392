import { uuidIn } from '../http/ids.js';
import { Problem } from '../http/problem.js';

export const noExecution = (id: string): Problem => new Problem('execution_not_found', `There is no execution ${id}.`);

/** The UUID of an execution's id; one of the wrong form is answered as an unknown one is. */
export function executionIdIn(id: string): string {
  const bare = uuidIn('exec', id);
  if (bare === null) throw noExecution(id);
  return bare;
}

/** What every answer about an execution carries. */
export const headersOf = (id: string): Record<string, string> => ({
  location: `/api/v1/workflows/executions/${id}`,
  'x-execution-id': id,
});
