import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Chatter } from '../support/chatter.js';
import { custom, node, twice } from '../support/graphs.js';

let chatter: Chatter;
beforeAll(async () => {
  chatter = await Chatter.boot();
});
afterAll(() => chatter.close());

describe('A graph in the request', () => {
  it('runs and answers with its output, its steps and what it cost', async () => {
    const { status, headers, body } = await chatter.execute(twice);
    expect([status, body.detail]).toEqual([200, undefined]);
    expect(body).toMatchObject({ workflow_type: 'custom', status: 'completed', success: true, output: 42, error: null, error_message: null, error_state: null, input_data: { n: 21 } });
    expect(body.steps.map(({ node_id, status: of }: { node_id: string; status: string }) => [node_id, of])).toEqual([
      ['start', 'succeeded'],
      ['twice', 'succeeded'],
      ['end', 'succeeded'],
    ]);
    expect(body.metrics).toMatchObject({ steps: 3, tokens_used: 0, cost: 0 });
    expect(headers.get('location')).toBe(`/api/v1/workflows/executions/${body.execution_id}`);
    expect(headers.get('x-execution-id')).toBe(body.execution_id);
    expect(headers.get('x-chatter-position')).toMatch(/^\d{16}$/);
  });
});
