import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '#plugin-sdk';
import { withConfig } from '../testing/checked.js';
import { facts, foundFor } from '../testing/facts.js';

const asked = (config: JsonObject, allowedModels: readonly string[] | null, options = facts()) =>
  foundFor('security.model_not_allowed', withConfig('ask_model', config), { allowedModels }, options);

describe('security.model_not_allowed', () => {
  it('refuses a model that the request does not allow, the default too', () => {
    const refused: JsonObject[] = [{ model: 'able' }, { provider: 'local', model: 'able' }, {}];
    for (const config of refused)
      expect(asked(config, ['local/plain'])).toMatchObject([
        {
          severity: 'error',
          layer: 'security',
          node_id: 'it',
          path: '/nodes/1/data/config/model',
          message: expect.stringContaining('"local/able"'),
        },
      ]);
    expect(asked({ provider: 'far' }, ['local/*'])).toMatchObject([{ message: expect.stringContaining('"far/*"') }]);
    expect(asked({}, ['local/*'], {})).toHaveLength(1);
  });

  it('accepts what the list covers, and what an expression names', () => {
    for (const allowed of [['local/able'], ['local/*'], ['*'], null])
      expect(asked({ model: 'able' }, allowed)).toEqual([]);
    expect(asked({ model: '{{ input.model }}' }, [])).toEqual([]);
    expect(asked({ provider: '{{ input.provider }}', model: 'able' }, [])).toEqual([]);
  });
});
