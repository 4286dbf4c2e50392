import { describe, expect, it } from '@jest/globals';
import { sampleNodes } from '#engine/testing';
import { WorkflowValidator } from './index.js';

const validator = new WorkflowValidator(sampleNodes);
const node = (id: string, type = 'pure', data: object = {}) => ({ id, type, data: { config: {}, ...data } });

describe('validating', () => {
  it('lets a small graph pass', () => {
    const nodes = [node('a', 'start'), node('b', 'pure', { config: { x: '{{ incoming.y + 1 }}' } }), node('c', 'end')];
    const edges = [
      { source: 'a', target: 'b' },
      { source: 'b', target: 'c' },
    ];
    const result = validator.validate({ nodes, edges });
    expect(result.toApiResponse()).toMatchObject({ valid: true, is_valid: true, errors: [], warnings: [] });
    expect(validator.validateGraph(result.graph!).valid).toBe(true);
  });
});
