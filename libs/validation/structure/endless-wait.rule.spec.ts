import { describe, expect, it } from '@jest/globals';
import { found, withConfig } from '../testing/checked.js';

const waiting = (type: string, config = {}) => found('structure.endless_wait', withConfig(type, config));

describe('structure.endless_wait', () => {
  it('warns of a wait that is not told when it expires', () => {
    expect(waiting('hear')).toMatchObject([
      { severity: 'warning', node_id: 'it', path: '/nodes/1/data/config/expires_ms' },
    ]);
  });

  it('is content with one that is, and says nothing of people, of other waits, or of what nobody provides', () => {
    expect(waiting('hear', { expires_ms: 1_000 })).toEqual([]);
    expect(waiting('hear', { expires_ms: '{{ input.ms }}' })).toEqual([]);
    for (const type of ['approve', 'pause', 'pure', 'nobody knows']) expect(waiting(type)).toEqual([]);
  });
});
