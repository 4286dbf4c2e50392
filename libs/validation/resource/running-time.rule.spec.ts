import { describe, expect, it } from '@jest/globals';
import { around, found, node } from '../testing/checked.js';

const errors = (issues: ReturnType<typeof found>) => issues.filter(({ severity }) => severity === 'error');

describe('resource.running_time', () => {
  it('refuses a time-out of more than a day', () => {
    const timed = (timeout_ms: number) => found('resource.running_time', around(node('a', 'pure', { timeout_ms })));
    expect(timed(60_000)).toEqual([]);
    expect(errors(timed(86_400_000))).toEqual([]);
    expect(timed(86_400_001)).toMatchObject([{ severity: 'error', node_id: 'a', path: '/nodes/1/data/timeout_ms' }]);
    expect(found('resource.running_time', around(node('a', 'pure')))).toEqual([]);
  });
});
