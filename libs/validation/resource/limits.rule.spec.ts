import { describe, expect, it } from '@jest/globals';
import type { JsonValue } from '#plugin-sdk';
import { around, found, looped, node, withConfig } from '../testing/checked.js';

const many = (count: number) => Array.from({ length: count }, (_, index) => node(`n${index}`, 'pure'));
const errors = (issues: ReturnType<typeof found>) => issues.filter(({ severity }) => severity === 'error');
const nested = (depth: number): JsonValue => (depth === 0 ? 1 : [nested(depth - 1)]);

describe('resource.nodes', () => {
  it('refuses one node more than 500, and warns above 400', () => {
    expect(found('resource.nodes', { nodes: many(400) })).toEqual([]);
    expect(found('resource.nodes', { nodes: many(401) })).toMatchObject([{ severity: 'warning' }]);
    expect(found('resource.nodes', { nodes: many(500) })).toMatchObject([{ severity: 'warning' }]);
    expect(found('resource.nodes', { nodes: many(501) })).toMatchObject([
      { severity: 'error', path: '/nodes', message: expect.stringContaining('the limit is 500') },
    ]);
  });
});

describe('resource.edges', () => {
  it('refuses one edge more than allowed', () => {
    const sketch = around(node('a', 'pure'));
    expect(found('resource.edges', sketch, { limits: { edges: 3 } })).toEqual([]);
    expect(errors(found('resource.edges', sketch, { limits: { edges: 2 } }))).toEqual([]);
    expect(found('resource.edges', sketch, { limits: { edges: 1 } })).toMatchObject([
      { severity: 'error', path: '/edges' },
    ]);
  });
});

describe('resource.config_size', () => {
  it('refuses a config beyond 256 KiB', () => {
    const sized = (length: number) =>
      errors(
        found('resource.config_size', withConfig('pure', { text: 'x'.repeat(length), more: [null, 1, { a: true }] })),
      );
    expect(sized(256 * 1024 - 100)).toEqual([]);
    expect(sized(256 * 1024)).toMatchObject([{ node_id: 'it', path: '/nodes/1/data/config' }]);
  });
});

describe('resource.config_depth', () => {
  it('refuses more than 64 levels', () => {
    expect(errors(found('resource.config_depth', withConfig('pure', { x: nested(61) })))).toEqual([]);
    expect(found('resource.config_depth', withConfig('pure', { x: nested(63) }))).toMatchObject([
      { severity: 'error', node_id: 'it', path: '/nodes/1/data' },
    ]);
  });

  it('answers also what is far too deep', () => {
    let deep: JsonValue = 1;
    for (let level = 0; level < 100_000; level++) deep = [deep];
    expect(errors(found('resource.config_depth', withConfig('pure', { x: deep })))).toHaveLength(1);
  });
});

describe('resource.loop_bound', () => {
  const bound = (config: { [key: string]: JsonValue }, scope = 'loop') =>
    errors(found('resource.loop_bound', looped(node('body', 'pure'), config, scope), { limits: { loop_bound: 20 } }));

  it('refuses more iterations than allowed', () => {
    expect(bound({ max_iterations: 21 })).toMatchObject([
      { node_id: 'each', path: '/nodes/1/data/config/max_iterations' },
    ]);
    expect(bound({ items: Array.from({ length: 21 }, () => 1) }, 'map')).toMatchObject([
      { path: '/nodes/1/data/config/items' },
    ]);
  });

  it('accepts as many as allowed, and what is not known yet', () => {
    expect(bound({ max_iterations: 20 })).toEqual([]);
    expect(bound({ max_iterations: '{{ input.n }}' })).toEqual([]);
    expect(bound({ items: '{{ input.items }}' }, 'map')).toEqual([]);
  });
});

/** Scopes inside each other, `each0` outermost. */
const russianDolls = (depth: number, max_iterations: number) => {
  const ids = Array.from({ length: depth }, (_, index) => `each${index}`);
  const nodes = [
    node('start', 'start'),
    ...ids.map((id) => node(id, 'loop', { config: { max_iterations } })),
    node('core', 'tokens', { config: { max_tokens: 10 } }),
  ];
  const inward = ids.map((id, index) => `${id}:continue -> ${ids[index + 1] ?? 'core'}`);
  const outward = ids.slice(1).map((id, index) => `${id}:exit -> ${ids[index]}:back`);
  return { nodes, edges: ['start -> each0', ...inward, ...outward, `core -> ${ids.at(-1)}:back`] };
};

describe('resource.scope_depth', () => {
  it('refuses scopes too deep inside each other', () => {
    expect(found('resource.scope_depth', russianDolls(8, 1))).toEqual([]);
    expect(found('resource.scope_depth', russianDolls(10, 1))).toMatchObject([{ severity: 'warning' }]);
    expect(found('resource.scope_depth', russianDolls(11, 1))).toMatchObject([
      { severity: 'error', node_id: 'each10' },
    ]);
  });

  it('does not lose its way in bodies that contain each other', () => {
    const nodes = [node('start', 'start'), node('a', 'loop'), node('b', 'loop')];
    const edges = ['start -> a', 'a:continue -> b', 'b:continue -> a', 'a:exit -> b', 'b:exit -> a'];
    expect(found('resource.scope_depth', { nodes, edges })).toEqual([]);
    expect(found('structure.scope_crossing', { nodes, edges }).length).toBeGreaterThan(0);
  });
});

describe('resource.estimated_steps', () => {
  it('multiplies the iterations around a node', () => {
    // start, each0, 20 × each1, 20 × 20 × core
    expect(found('resource.estimated_steps', russianDolls(2, 20), { limits: { estimated_steps: 421 } })).toMatchObject([
      { severity: 'error', path: '/nodes', message: expect.stringContaining('422 steps') },
    ]);
    expect(
      errors(found('resource.estimated_steps', russianDolls(2, 20), { limits: { estimated_steps: 422 } })),
    ).toEqual([]);
  });

  it('takes ten where nothing is known', () => {
    const sketch = looped(node('body', 'pure'), { items: '{{ input.items }}' });
    expect(errors(found('resource.estimated_steps', sketch, { limits: { estimated_steps: 13 } }))).toEqual([]);
    expect(errors(found('resource.estimated_steps', sketch, { limits: { estimated_steps: 12 } }))).toHaveLength(1);
  });
});

describe('resource.estimated_tokens', () => {
  it('counts what models may answer with, where somebody asked for a limit', () => {
    expect(found('resource.estimated_tokens', russianDolls(1, 5))).toEqual([]);
    expect(
      errors(found('resource.estimated_tokens', russianDolls(1, 5), { limits: { estimated_tokens: 50 } })),
    ).toEqual([]);
    expect(
      errors(found('resource.estimated_tokens', russianDolls(1, 5), { limits: { estimated_tokens: 49 } })),
    ).toHaveLength(1);
  });
});

describe('resource.fan_out', () => {
  it('refuses more than 100 edges out of one port', () => {
    const fan = (count: number) => ({
      nodes: [node('s', 'start'), ...many(count)],
      edges: many(count).map(({ id }) => `s -> ${id}`),
    });
    expect(errors(found('resource.fan_out', fan(100)))).toEqual([]);
    expect(errors(found('resource.fan_out', fan(101)))).toMatchObject([{ node_id: 's', path: '/nodes/0' }]);
    expect(
      errors(
        found('resource.fan_out', {
          nodes: [node('s', 'start')],
          edges: Array.from({ length: 101 }, (_, index) => `x -> n${index}`),
        }),
      ),
    ).toMatchObject([{ path: '/edges' }]);
  });
});

describe('resource.running_time', () => {
  it('refuses a time-out of more than a day', () => {
    const timed = (timeout_ms: number) => found('resource.running_time', around(node('a', 'pure', { timeout_ms })));
    expect(timed(60_000)).toEqual([]);
    expect(errors(timed(86_400_000))).toEqual([]);
    expect(timed(86_400_001)).toMatchObject([{ severity: 'error', node_id: 'a', path: '/nodes/1/data/timeout_ms' }]);
    expect(found('resource.running_time', around(node('a', 'pure')))).toEqual([]);
  });
});
