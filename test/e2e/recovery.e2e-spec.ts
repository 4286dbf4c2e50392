import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeEmbedded } from '../support/embedded.js';
import { Chatter } from '../support/chatter.js';
import { custom, node, twice } from '../support/graphs.js';

const at = '/api/v1/workflows/executions';
const say = (value: string) => node('say', 'transform', { value });

let chatter: Chatter;
beforeAll(async () => {
  const PLUGINS_DIR = fileURLToPath(new URL('../support/slow-plugins', import.meta.url));
  chatter = await Chatter.boot({ variables: { PLUGINS_DIR } });
});
afterAll(() => chatter.close());

const begin = async (...nodes: readonly object[]): Promise<string> => {
  const { status, body } = await chatter.execute(custom(...nodes), { prefer: 'respond-async' });
  expect(status).toBe(202);
  return body.execution_id;
};
const eventsOf = async (id: string): Promise<{ type: string; data: { path?: string } }[]> =>
  (await chatter.call('GET', `${at}/${id}/events`)).body.events;

describeEmbedded('One directory', () => {
  it('has one application at a time', async () => {
    await expect(Chatter.boot({ dataDir: chatter.dataDir })).rejects.toMatchObject({ code: 'directory_locked' });
    expect((await chatter.execute(twice)).body.output).toBe(42);
  });
});

describe('After a restart', () => {
  it('a run that waits goes on when its time has come', async () => {
    const id = await begin(node('wait', 'delay', { duration_ms: 1_500 }), say('waited'));
    await chatter.until(id, 'waiting');
    await chatter.restart();
    expect(await chatter.until(id, 'completed', 'failed')).toMatchObject({ output: 'waited' });
  });

  it('a run whose time came meanwhile goes on by itself', async () => {
    const id = await begin(node('wait', 'delay', { duration_ms: 300 }), say('woken'));
    await chatter.until(id, 'waiting');
    await chatter.stop();
    await new Promise((resolve) => setTimeout(resolve, 350));
    await chatter.start();
    expect(await chatter.until(id, 'completed', 'failed')).toMatchObject({ output: 'woken' });
  });

  it('a run that was under way goes on, and does no step twice', async () => {
    const slow = (name: string) => node(name, 'drip', { text: 'a few words', rest_ms: 60 });
    const id = await begin(slow('one'), slow('two'), slow('three'));
    while (!(await eventsOf(id)).some(({ type, data }) => type === 'StepStarted' && data.path === 'two'))
      await new Promise((resolve) => setTimeout(resolve, 10));
    await chatter.restart();
    expect(await chatter.until(id, 'completed', 'failed')).toMatchObject({ success: true, output: 'a few words' });
    const completed = (await eventsOf(id)).filter(({ type }) => type === 'StepCompleted').map(({ data }) => data.path);
    expect(completed.toSorted()).toEqual(['end', 'one', 'start', 'three', 'two']);
    expect((await chatter.call('GET', `${at}/${id}/verify`)).body.valid).toBe(true);
  });

  it('an execution that has ended is answered just as before', async () => {
    const { body } = await chatter.execute(twice);
    await chatter.restart();
    expect((await chatter.call('GET', `${at}/${body.execution_id}`)).body).toEqual(body);
    const { body: list } = await chatter.call('GET', `${at}?limit=1`);
    expect(list.executions[0].execution_id).toBe(body.execution_id);
  });

  it('nothing is made anew: the administrator, the key and the demonstrations are those of the first start', async () => {
    const read = async () => (await chatter.call('GET', '/api/v1/workflows/definitions?tag=demo&sort=name')).body;
    const before = await read();
    expect(before.total_count).toBe(4);
    await chatter.restart();
    expect(await read()).toEqual(before);
  });
});

describe('A limit of time', () => {
  it('ends a run that runs longer', async () => {
    const { body } = await chatter.execute({
      ...custom(node('slow', 'drip', { text: 'one two three four', rest_ms: 200 })),
      config: { timeout_ms: 150 },
    });
    expect(body).toMatchObject({ success: false, status: 'failed', error: { code: 'execution_timeout' } });
  });

  it('does not count the time that a run waits', async () => {
    const { body } = await chatter.execute({
      ...custom(node('wait', 'delay', { duration_ms: 1_200 }), say('still here')),
      config: { timeout_ms: 1_000 },
    });
    expect(await chatter.until(body.execution_id, 'completed', 'failed')).toMatchObject({ output: 'still here' });
  });

  it('of the wall is a deadline: waiting counts', async () => {
    const deadline = new Date(Date.now() + 500).toISOString();
    const { body } = await chatter.execute({
      ...custom(node('wait', 'delay', { duration_ms: 600_000 })),
      config: { deadline },
    });
    expect(await chatter.until(body.execution_id, 'completed', 'failed')).toMatchObject({
      success: false,
      error: { code: 'deadline_exceeded' },
    });
  });
});
