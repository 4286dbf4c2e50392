import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '#plugin-sdk';
import { found, withConfig } from '../testing/checked.js';
import { facts } from '../testing/facts.js';

describe('resource.estimated_cost', () => {
  const cost = (config: JsonObject, most: number) =>
    found('resource.estimated_cost', withConfig('ask_model', config), { ...facts(), limits: { estimated_cost: most } });

  it('refuses answers that may cost more than is allowed', () => {
    expect(cost({ max_tokens: 1_000_000 }, 5)).toMatchObject([{ severity: 'error', path: '/nodes' }]);
    expect(cost({ max_tokens: 1_000_000 }, 11)).toMatchObject([{ severity: 'warning' }]);
    expect(cost({ max_tokens: 1_000_000 }, 100)).toEqual([]);
    expect(cost({}, 0.01)).toEqual([]);
    expect(found('resource.estimated_cost', withConfig('ask_model', { max_tokens: 1e9 }), facts())).toEqual([]);
  });
});
