import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '#plugin-sdk';
import type { ServerFacts, ValidatorOptions } from '../index.js';
import { WorkflowValidator } from '../index.js';
import { around, edge, found, graphOf, node, withConfig } from '../testing/checked.js';
import { sampleTypes } from '../testing/sample-types.js';

const model = (name: string, features: Partial<ServerFacts['models'][number]['features']> = {}, standard = false) => ({
  provider: 'local',
  model: name,
  default: standard,
  features: { tools: true, structured_output: true, streaming: true, ...features },
  answer_price: 10,
});
const facts = (more: Partial<ServerFacts> = {}): ValidatorOptions => ({
  facts: () => ({
    providers: ['local'],
    models: [model('able', {}, true), model('plain', { tools: false, structured_output: false, streaming: false })],
    tools: [{ name: 'calculator' }, { name: 'current_time' }],
    permissionsOf: () => null,
    ...more,
  }),
});
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

describe('capability.model_feature', () => {
  it.each([
    ['tools', ['calculator'], 'use tools'],
    ['response_schema', { type: 'object' }, 'answer by a schema'],
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

describe('capability.nothing_streams', () => {
  it('refuses streaming that is asked for where nothing streams', () => {
    expect(ask('capability.nothing_streams', { model: 'plain', stream: true })).toMatchObject([
      { path: '/nodes/1/data/config/stream', node_id: 'it' },
    ]);
    expect(ask('capability.nothing_streams', { model: 'plain', stream: false })).toEqual([]);
    expect(ask('capability.nothing_streams', { model: 'able', stream: true })).toEqual([]);
  });
});

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

describe('security.tool_not_allowed', () => {
  const with_ = (allowedTools: readonly string[] | null) =>
    new WorkflowValidator(sampleTypes, facts())
      .validate({ ...graphOf(withConfig('ask_model', { tools: ['calculator'] })) }, 'usr', 'execute', { allowedTools })
      .toApiResponse()
      .errors.filter(({ rule }) => rule === 'security.tool_not_allowed');

  it('refuses a tool that the request does not allow', () => {
    expect(with_(['current_time'])).toMatchObject([{ layer: 'security', path: '/nodes/1/data/config/tools/0' }]);
    expect(with_(['calculator'])).toEqual([]);
    expect(with_(null)).toEqual([]);
  });
});

describe('security.permission_missing and security.wide_grant', () => {
  const granted = (http: readonly string[]) => facts({ permissionsOf: () => ({ http, models: [] }) });
  const call = (rule: string, http: readonly string[], url = 'https://api.example.com/x') =>
    found(rule, withConfig('call', { url }), granted(http));

  it('refuses a host that the manifest of the plugin does not list', () => {
    expect(call('security.permission_missing', ['other.example.com'])).toMatchObject([
      { path: '/nodes/1/data/config/url', node_id: 'it', message: expect.stringContaining('api.example.com') },
    ]);
    for (const http of [['api.example.com'], ['*.example.com'], ['*']])
      expect(call('security.permission_missing', http)).toEqual([]);
    expect(call('security.permission_missing', [], 'https://{{ input.host }}/')).toEqual([]);
    expect(found('security.permission_missing', withConfig('call', { url: 'https://x.example' }), facts())).toEqual([]);
  });

  it('warns of a plugin that may reach everything', () => {
    expect(call('security.wide_grant', ['*'])[0]).toMatchObject({ severity: 'warning', path: '/nodes/0/type' });
    expect(call('security.wide_grant', ['*.example.com'])).toEqual([]);
  });
});

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

describe('structure.guards', () => {
  const guarding = (guards: string, type = 'call') =>
    found('structure.guards', {
      nodes: [node('start', 'start'), node('ask', 'approve', { config: { guards } }), node('pay', type)],
      edges: [edge('start -> ask'), edge('ask:approved -> pay')],
    });

  it('refuses what is no node, and what changes nothing', () => {
    expect(guarding('pai')).toMatchObject([
      { path: '/nodes/1/data/config/guards', node_id: 'ask', message: expect.stringContaining('Did you mean "pay"?') },
    ]);
    expect(guarding('pay', 'pure')).toMatchObject([{ message: expect.stringContaining('needs no guard') }]);
    expect(guarding('pay')).toEqual([]);
    expect(guarding('pay', 'nobody knows')).toEqual([]);
  });
});

describe('structure.handler_place', () => {
  const handling = (...edges: readonly string[]) =>
    found('structure.handler_place', {
      nodes: [node('start', 'start'), node('a', 'pure'), node('h', 'handler')],
      edges,
    });

  it('warns of a handler that no failure can reach', () => {
    expect(handling('start -> a', 'a -> h')).toMatchObject([{ severity: 'warning', node_id: 'h', path: '/nodes/2' }]);
    expect(handling('start -> a', 'a:error -> h')).toEqual([]);
    expect(handling('start -> a', 'a:error -> h', 'start -> h')).toEqual([]);
    expect(handling('start -> a')).toEqual([]);
  });
});

describe('structure.compensate', () => {
  it('refuses what is no task', () => {
    const sketch = around(node('it', 'change', { compensate: 'undo' }), node('undo', 'pause'));
    expect(found('structure.compensate', sketch)).toMatchObject([{ message: expect.stringContaining('only a task') }]);
  });
});

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
