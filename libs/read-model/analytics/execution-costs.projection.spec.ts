import { describe, expect, it } from '@jest/globals';
import { acceptance, metrics } from '../testing/facts.js';
import type { NodeTally } from './tally.js';
import { executionCosts, type CostEvent } from './execution-costs.projection.js';
import type { ExecutionCostsRow } from './execution-costs.entity.js';

const usage = { prompt_tokens: 30, completion_tokens: 12, cost_nano_usd: 700, tool_calls: 1 };
const minute = 60_000;

const fact = (type: CostEvent['type'], data: object): CostEvent => ({ type, data }) as CostEvent;
const accepted = (...scheduled: string[]) => fact('ExecutionAccepted', { ...acceptance(), scheduled });
const starts = (path: string) => fact('StepStarted', { path, attempt: 1 });

/** Facts happen one minute apart. */
function given(...facts: CostEvent[]): ExecutionCostsRow {
  const row = facts.reduce<ExecutionCostsRow | null>((before, event, index) => {
    const at = new Date(Date.UTC(2026, 0, 31, 12, index)).toISOString();
    return executionCosts.evolve(before, { event, id: 'e1', tenant: 'default', at, position: String(index) });
  }, null)!;
  return executionCosts.finished!(row);
}

const nodes = (row: ExecutionCostsRow) =>
  Object.fromEntries((JSON.parse(row.nodes) as NodeTally[]).map(({ node_id, ...tally }) => [node_id, tally]));

describe('what an execution took', () => {
  it('is, of an approval, the time from its request to the decision', () => {
    const row = given(
      accepted('ask'),
      fact('ApprovalRequested', { path: 'ask' }),
      fact('StepStarted', { path: 'other', attempt: 1 }),
      fact('StepCompleted', { path: 'ask', port: 'approved', output: null }),
    );
    expect(nodes(row)['ask']).toEqual({ runs: 1, ms: 2 * minute });
  });

  it('is nothing of a step that was cancelled, which is open no more', () => {
    const row = given(accepted('call'), starts('call'), fact('StepCancelled', { path: 'call', attempt: 1 }));
    expect(nodes(row)['call']).toBeUndefined();
    expect(row.open).toBe('[]');
  });

  it('is what a compensation took and used, as of any step', () => {
    const undone = given(
      accepted(),
      fact('CompensationStarted', { path: 'charge!undo', node_id: 'refund' }),
      starts('charge!undo'),
      fact('StepFailed', { path: 'charge!undo', attempt: 1 }),
      fact('CompensationCompleted', { path: 'charge!undo', metrics: usage }),
    );
    expect(nodes(undone)['refund']).toMatchObject({
      runs: 1,
      failed_attempts: 1,
      ms: 2 * minute,
      tool_calls: 1,
    });
    expect(undone).toMatchObject({
      prompt_tokens: 30,
      completion_tokens: 12,
      cost_nano: 700,
      own_tokens: 42,
      open: '[]',
    });
  });

  it('is a failure where a compensation was given up', () => {
    const row = given(
      accepted(),
      fact('CompensationStarted', { path: 'charge!undo', node_id: 'refund' }),
      fact('CompensationFailed', { path: 'charge!undo' }),
    );
    expect(nodes(row)['refund']).toMatchObject({ runs: 1, failures: 1, ms: minute });
  });

  it('does not change any more once it has ended', () => {
    const ended = [accepted('call'), starts('call'), fact('ExecutionCancelled', { reason: null, metrics })];
    const row = given(...ended, fact('StepCompleted', { path: 'call', metrics: usage }));
    expect(row).toEqual(given(...ended));
    expect(row).toMatchObject({ outcome: 'cancelled', duration_ms: 40, prompt_tokens: 100, open: '[]' });
  });
});
