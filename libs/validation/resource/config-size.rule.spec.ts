import { describe, expect, it } from '@jest/globals';
import { found, withConfig } from '../testing/checked.js';

const errors = (issues: ReturnType<typeof found>) => issues.filter(({ severity }) => severity === 'error');

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
