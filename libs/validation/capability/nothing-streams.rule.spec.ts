import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '#plugin-sdk';
import type { ValidatorOptions } from '../index.js';
import { found, withConfig } from '../testing/checked.js';
import { facts } from '../testing/facts.js';

const ask = (rule: string, config: JsonObject, options: ValidatorOptions = facts()) =>
  found(rule, withConfig('ask_model', config), options);

describe('capability.nothing_streams', () => {
  it('refuses streaming that is asked for where nothing streams', () => {
    expect(ask('capability.nothing_streams', { model: 'plain', stream: true })).toMatchObject([
      { path: '/nodes/1/data/config/stream', node_id: 'it' },
    ]);
    expect(ask('capability.nothing_streams', { model: 'plain', stream: false })).toEqual([]);
    expect(ask('capability.nothing_streams', { model: 'able', stream: true })).toEqual([]);
  });
});
