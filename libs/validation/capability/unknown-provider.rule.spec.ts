import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '#plugin-sdk';
import type { ValidatorOptions } from '../index.js';
import { found, withConfig } from '../testing/checked.js';
import { facts } from '../testing/facts.js';

const ask = (rule: string, config: JsonObject, options: ValidatorOptions = facts()) =>
  found(rule, withConfig('ask_model', config), options);

describe('capability.unknown_provider', () => {
  it('refuses a provider that this server has not, and guesses which was meant', () => {
    expect(ask('capability.unknown_provider', { provider: 'lokal' })).toMatchObject([
      {
        severity: 'error',
        node_id: 'it',
        path: '/nodes/1/data/config/provider',
        message: expect.stringContaining('Did you mean "local"?'),
      },
    ]);
  });

  it('accepts one that it has, an expression, none, and everything where nobody said', () => {
    const accepted: JsonObject[] = [{ provider: 'local' }, { provider: '{{ input.provider }}' }, {}];
    for (const config of accepted) expect(ask('capability.unknown_provider', config)).toEqual([]);
    expect(ask('capability.unknown_provider', { provider: 'x' }, {})).toEqual([]);
  });
});
