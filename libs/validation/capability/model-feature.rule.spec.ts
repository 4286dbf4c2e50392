import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '#plugin-sdk';
import type { ValidatorOptions } from '../index.js';
import { found, withConfig } from '../testing/checked.js';
import { facts, model } from '../testing/facts.js';

const ask = (rule: string, config: JsonObject, options: ValidatorOptions = facts()) =>
  found(rule, withConfig('ask_model', config), options);

describe('capability.model_feature', () => {
  it.each([
    ['tools', ['calculator'], 'use tools'],
    ['response_schema', { type: 'object' }, 'answer by a schema'],
    ['images', [{ data: 'aGk=' }], 'see pictures'],
  ])('refuses %s for a model that cannot', (field, value, says) => {
    const config = { model: 'plain', [field]: value } as JsonObject;
    expect(ask('capability.model_feature', config)).toMatchObject([
      { path: `/nodes/1/data/config/${field}`, node_id: 'it', message: expect.stringContaining(says) },
    ]);
    expect(ask('capability.model_feature', { ...config, model: 'able' })).toEqual([]);
    expect(ask('capability.model_feature', { ...config, model: 'local/plain' })).toHaveLength(1);
    expect(ask('capability.model_feature', { ...config, model: '{{ input.model }}' })).toEqual([]);
    expect(ask('capability.model_feature', { ...config, model: 'one that nobody lists' })).toEqual([]);
  });

  it('judges by the default where no model is named', () => {
    expect(ask('capability.model_feature', { tools: ['calculator'] })).toEqual([]);
    const other = facts({ models: [model('plain', { tools: false }, true)] });
    expect(ask('capability.model_feature', { tools: ['calculator'] }, other)).toHaveLength(1);
    expect(ask('capability.model_feature', { tools: [] }, other)).toEqual([]);
  });
});
