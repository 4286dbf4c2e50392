import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '#plugin-sdk';
import { withConfig } from '../testing/checked.js';
import { foundFor } from '../testing/facts.js';

const sending = (config: JsonObject, secrets: readonly string[] | null, type = 'sends') =>
  foundFor('security.secret_unknown', withConfig(type, config), { secrets });

describe('security.secret_unknown', () => {
  it('warns of a secret that nobody has set, and guesses which was meant', () => {
    expect(sending({ auth: { secret: 'crm_kay' } }, ['crm_key'])).toMatchObject([
      {
        severity: 'warning',
        layer: 'security',
        node_id: 'it',
        path: '/nodes/1/data/config',
        message: expect.stringContaining('Did you mean "crm_key"?'),
      },
    ]);
    expect(sending({ headers: { a: 'Bearer {{ secrets.one }}', b: '{{ secrets.two }}' } }, ['two'])).toHaveLength(1);
  });

  it('is content with those that there are, and where nobody said', () => {
    expect(sending({ auth: { secret: 'crm_key' } }, ['crm_key'])).toEqual([]);
    expect(sending({ auth: { secret: 'crm_key' } }, null)).toEqual([]);
    expect(sending({ auth: { secret: 'crm_key' } }, [], 'nobody knows')).toEqual([]);
  });
});
