import { describe, expect, it } from '@jest/globals';
import { defineNode, type JsonObject, type NodeResult } from '#plugin-sdk';
import { installedNode } from '../installed-node.js';
import { type Execute, nodeOf, plugin, run, runner, stepOf } from './testing/step.js';

describe('running a node', () => {
  it('gives the result at once when the node does', () => {
    expect(run(({ to, config }) => to('out', config['text'] as string))).toEqual({ port: 'out', output: 't' });
  });

  it('gives a promise when the node does', async () => {
    const outcome = run(async ({ to }) => to('out', 1));
    expect(outcome).toBeInstanceOf(Promise);
    expect(await outcome).toEqual({ port: 'out', output: 1 });
  });

  it('lets it see everything there is of its step', () => {
    const outcome = run(
      ({ to, incoming, input, variables, nodes, error, execution, nodeId, path, attempt, idempotencyKey, signal }) =>
        to('out', [
          incoming,
          input,
          variables,
          { ...nodes },
          error as null,
          { ...execution },
          nodeId,
          path,
          attempt,
          idempotencyKey,
          signal.aborted,
        ]),
    );
    expect((outcome as NodeResult).output).toEqual([
      ...['in', { q: 1 }, { v: 1 }, { a: { output: 1, status: 'succeeded' } }, null],
      { id: 'exec_1', type: 'custom', user: 'ada', started_at: '2026-01-01T00:00:00.000Z' },
      ...['n', 'loop[0]/n', 2, 'exec_1/loop[0]/n', false],
    ]);
  });

  it('makes what nobody looks at for nobody', () => {
    const step = stepOf(nodeOf(({ to }) => to('out', 1)));
    const lazy = Object.defineProperty({ ...step }, 'nodes', {
      get: () => {
        throw new Error('gathered in vain');
      },
    });
    expect(runner.run(lazy)).toEqual({ port: 'out', output: 1 });
  });

  it('passes on previews and log lines, if somebody listens', () => {
    const heard: unknown[] = [];
    const speak: Execute = ({ to, emitToken, log }) => {
      emitToken('tok');
      log.debug('d');
      log.info('i', { a: 1 });
      log.warn('w');
      return to('out', null);
    };
    run(speak, { onToken: (text) => heard.push(text), onLog: (...line) => heard.push(line) });
    expect(heard).toEqual(['tok', ['debug', 'd', undefined], ['info', 'i', { a: 1 }], ['warn', 'w', undefined]]);
    expect(run(speak)).toEqual({ port: 'out', output: null });
  });

  it('runs tasks only', () => {
    const join = defineNode({
      type: 'j',
      label: 'J',
      category: 'data',
      kind: 'join',
      effects: 'none',
      ports: ['out'],
      config: {},
      join: () => ({ mode: 'all', n: 0 }),
      combine: () => 1,
    });
    expect(() => runner.run(stepOf(installedNode(join, { plugin })))).toThrow('"j" is no task');
  });
});

it('hands config over as it was made ready', () => {
  const config: JsonObject = { text: 'as it is' };
  expect(run(({ to, config: seen }) => to('out', seen === config), { config })).toMatchObject({ output: true });
});
