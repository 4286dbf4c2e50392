import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Chatter } from '../support/chatter.js';
import { node } from '../support/graphs.js';

let chatter: Chatter;
beforeAll(async () => {
  chatter = await Chatter.boot();
});
afterAll(() => chatter.close());

const run = (body: object) => chatter.call('POST', '/api/v1/workflows/execute/step', body);

describe('One node by itself', () => {
  it('reads what it is given, and shows what it did with it', async () => {
    const value = '{{ [input.a, incoming.b, nodes.fetch.output.c, variables.d] }}';
    const { status, body } = await run({
      node: node('mix', 'transform', { value }),
      input_data: { a: 1 },
      incoming: { b: 2 },
      nodes: { fetch: { c: 3 }, unread: '{{ not an expression }}' },
      variables: { d: 4 },
    });
    expect([status, body.status]).toEqual([200, 'completed']);
    const step = body.debug.steps.find((each: { path: string }) => each.path === 'mix');
    expect(step).toMatchObject({
      status: 'succeeded',
      incoming: { b: 2 },
      output: [1, 2, 3, 4],
      config: { value: [1, 2, 3, 4] },
    });
  });

  it('is the only one that runs', async () => {
    const { body } = await run({ node: node('say', 'transform', { value: 1 }), nodes: { other: 2 } });
    const events = (await chatter.call('GET', `/api/v1/workflows/executions/${body.execution_id}/events`)).body.events;
    const ran = events.filter(
      (event: { type: string; data: { recalled?: boolean } }) => event.type === 'StepCompleted' && !event.data.recalled,
    );
    expect(ran.map(({ data }: { data: { path: string } }) => data.path)).toEqual(['say']);
    const listed = await chatter.call('GET', '/api/v1/workflows/executions?tag=step&limit=1');
    expect(listed.body.executions[0].execution_id).toBe(body.execution_id);
  });

  it('fails as it would in its workflow', async () => {
    const { body } = await run({ node: node('say', 'transform', { value: '{{ incoming.none }}' }), incoming: {} });
    expect(body).toMatchObject({ success: false, error: { code: 'expression_failed', node_id: 'say' } });
  });

  it('is checked as every workflow is', async () => {
    const { body } = await run({ node: node('say', 'transform', { vlue: 1 }) });
    expect(body.error).toMatchObject({ code: 'validation_failed' });
    expect(body.error.validation[0]).toMatchObject({ node_id: 'say', path: '/nodes/0/data/config/vlue' });
  });

  it.each([
    [{}, '/node is missing.'],
    [{ node: node('start', 'transform', { value: 1 }) }, 'A node cannot be called "start" here'],
    [{ node: node('say', 'transform', { value: 1 }), nodes: { say: 1 } }, 'A node cannot be called "say" here'],
    [{ node: node('say', 'transform', { value: 1 }), input: {} }, '"input" is not known here.'],
  ])('refuses what makes no sense: %j', async (body, detail) => {
    const answer = await run(body);
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
    expect(answer.body.detail).toContain(detail);
  });
});
