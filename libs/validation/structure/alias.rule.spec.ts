import { describe, expect, it } from '@jest/globals';
import { WorkflowValidator } from '../index.js';
import { sampleTypes } from '../testing/sample-types.js';

describe('structure.alias', () => {
  it('warns of each old name that was read', () => {
    const nodes = [{ id: 'a', type: 'say' }];
    const { valid, warnings } = new WorkflowValidator(sampleTypes).validate({ nodes, edges: [] }).toApiResponse();
    expect(valid).toBe(true);
    expect(warnings.filter(({ rule }) => rule === 'structure.alias')).toMatchObject([
      { path: '/nodes/0/type', node_id: 'a', severity: 'warning' },
    ]);
  });
});
