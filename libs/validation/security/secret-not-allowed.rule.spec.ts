import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '#plugin-sdk';
import { WorkflowValidator } from '../index.js';
import { graphOf, withConfig } from '../testing/checked.js';
import { sampleTypes } from '../testing/sample-types.js';

describe('security.secret_not_allowed', () => {
  const asked = (config: JsonObject, mayUseSecrets: boolean) =>
    new WorkflowValidator(sampleTypes)
      .validate({ ...graphOf(withConfig('sends', config)) }, 'usr', 'save', { mayUseSecrets })
      .toApiResponse()
      .errors.filter(({ rule }) => rule === 'security.secret_not_allowed');

  it('refuses secrets to whoever may not use them', () => {
    expect(asked({ headers: { a: 'Bearer {{ secrets.key }}' } }, false)).toMatchObject([
      { node_id: 'it', layer: 'security' },
    ]);
    expect(asked({ auth: { secret: 'key' } }, false)).toHaveLength(1);
    expect(asked({ auth: { secret: 'key' } }, true)).toEqual([]);
    expect(asked({ headers: { a: '{{ incoming }}' } }, false)).toEqual([]);
    expect(asked({ headers: { a: '{{ ' } }, false)).toEqual([]);
  });
});
