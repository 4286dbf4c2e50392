import { describe, expect, it } from '@jest/globals';
import { found, node } from '../testing/checked.js';

const many = (count: number) => Array.from({ length: count }, (_, index) => node(`n${index}`, 'pure'));

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
