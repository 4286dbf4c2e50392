import { describe, expect, it } from '@jest/globals';
import { found, node } from '../testing/checked.js';

const many = (count: number) => Array.from({ length: count }, (_, index) => node(`n${index}`, 'pure'));
const errors = (issues: ReturnType<typeof found>) => issues.filter(({ severity }) => severity === 'error');

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
