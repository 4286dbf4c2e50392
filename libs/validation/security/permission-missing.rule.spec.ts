import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '#plugin-sdk';
import type { Permissions } from '../index.js';
import { found, withConfig } from '../testing/checked.js';
import { facts } from '../testing/facts.js';

const check = (type: string, config: JsonObject, permissions: Partial<Permissions> = {}) =>
  found(
    'security.permission_missing',
    withConfig(type, config),
    facts({ permissionsOf: () => ({ http: [], models: [], ...permissions }) }),
  );

describe('security.permission_missing', () => {
  it('refuses a host that the manifest of the plugin does not list', () => {
    const called = (http: readonly string[], url = 'https://api.example.com/x') => check('call', { url }, { http });
    expect(called(['other.example.com'])).toMatchObject([
      {
        severity: 'error',
        path: '/nodes/1/data/config/url',
        node_id: 'it',
        message: expect.stringContaining('api.example.com'),
      },
    ]);
    for (const http of [['api.example.com'], ['*.example.com'], ['*']]) expect(called(http)).toEqual([]);
    expect(called([], 'https://{{ input.host }}/')).toEqual([]);
  });

  it.each<[JsonObject, string]>([
    [{ provider: 'local', model: 'able' }, 'local/able'],
    [{ provider: 'local' }, 'local/*'],
    [{ model: 'able' }, '*/able'],
  ])('refuses a model that it does not list', (config, name) => {
    expect(check('ask_model', config, { models: ['other/*'] })).toMatchObject([
      { path: '/nodes/1/data/config/model', message: expect.stringContaining(`the model "${name}"`) },
    ]);
    for (const models of [[name], ['*']]) expect(check('ask_model', config, { models })).toEqual([]);
  });

  it('knows the default model by its name in manifests, and cannot judge one that an expression names', () => {
    expect(check('ask_model', {}, { models: ['default'] })).toEqual([]);
    expect(check('ask_model', {}, { models: ['local/*'] })).toHaveLength(1);
    expect(check('ask_model', { provider: 'local', model: 'able' }, { models: ['local/*'] })).toEqual([]);
    expect(check('ask_model', { model: '{{ input.model }}' })).toEqual([]);
  });

  it('refuses a tool that it does not list', () => {
    const config = { provider: 'local', tools: ['calculator', 'current_time'] };
    expect(check('ask_model', config, { models: ['*'], tools: ['calculator'] })).toMatchObject([
      { path: '/nodes/1/data/config/tools/1', message: expect.stringContaining('the tool "current_time"') },
    ]);
    expect(check('call_tool', { tool_name: 'calculator' })).toMatchObject([{ path: '/nodes/1/data/config/tool_name' }]);
    expect(check('call_tool', { tool_name: 'calculator' }, { tools: ['*'] })).toEqual([]);
  });

  it('holds nothing to a manifest that has none, or where nobody said', () => {
    const sketch = withConfig('call', { url: 'https://x.example' });
    expect(found('security.permission_missing', sketch, facts())).toEqual([]);
    expect(found('security.permission_missing', sketch)).toEqual([]);
  });
});
