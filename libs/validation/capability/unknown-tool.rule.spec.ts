import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '#plugin-sdk';
import type { ValidatorOptions } from '../index.js';
import { found, withConfig } from '../testing/checked.js';
import { facts } from '../testing/facts.js';

const ask = (rule: string, config: JsonObject, options: ValidatorOptions = facts()) =>
  found(rule, withConfig('ask_model', config), options);

describe('capability.unknown_tool', () => {
  it('refuses a tool that nobody provides, where it is called and where a model may ask for it', () => {
    expect(ask('capability.unknown_tool', { tools: ['calculator', 'calculater'] })).toMatchObject([
      { path: '/nodes/1/data/config/tools/1', message: expect.stringContaining('Did you mean "calculator"?') },
    ]);
    const called = (tool_name: string) =>
      found('capability.unknown_tool', withConfig('call_tool', { tool_name }), facts());
    expect(called('none')).toMatchObject([{ path: '/nodes/1/data/config/tool_name' }]);
    expect(called('current_time')).toEqual([]);
    expect(called('{{ input.tool }}')).toEqual([]);
    expect(found('capability.unknown_tool', withConfig('call_tool', { tool_name: 'none' }))).toEqual([]);
  });
});
