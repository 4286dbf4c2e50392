import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '#plugin-sdk';
import { found, looped, node, withConfig, type Sketch } from '../testing/checked.js';

const flows = (sketch: Sketch) => found('security.untrusted_flow', sketch);
const auth = { secret: 'key' };
const open = { url: 'https://{{ input.host }}/pay', auth };
const start = node('start', 'start');
const crm = node('crm', 'call', { config: { url: 'https://crm.example.com/customers', auth } });

describe('security.untrusted_flow, in one step', () => {
  it.each<[string, JsonObject]>([
    ['of the input', open],
    ['of what arrived', { url: '{{ incoming.url }}', headers: { authorization: 'Bearer {{ secrets.key }}' } }],
    ['in a part', { url: 'https://{{ input.shop }}.example.com/orders', auth }],
  ])('refuses a secret that goes to a host %s', (_where, config) => {
    expect(flows(withConfig('call', config))).toMatchObject([
      {
        severity: 'error',
        layer: 'security',
        node_id: 'it',
        path: '/nodes/1/data/config/url',
        message: expect.stringMatching(/sends a secret .* Write the host literally/),
      },
    ]);
  });

  it.each<[string, JsonObject]>([
    ['a secret to a literal host', { url: 'https://api.example.com/{{ input.id }}', auth }],
    ['an open host without a secret', { url: 'https://{{ input.host }}/' }],
    ['an authentication that names none', { url: 'https://{{ input.host }}/', auth: { type: 'none' } }],
    ['a URL that is no text', { url: 7, auth }],
  ])('accepts %s', (_what, config) => expect(flows(withConfig('call', config))).toEqual([]));

  it('does not judge what reaches nothing, or what nobody provides', () => {
    expect(flows(withConfig('pure', open))).toEqual([]);
    expect(flows(withConfig('nobody knows', open))).toEqual([]);
  });
});

describe('security.untrusted_flow, with people asked before', () => {
  const behind = (config: JsonObject, ...edges: readonly string[]) =>
    flows({
      nodes: [start, node('ask', 'approve', { config }), node('a', 'pure'), node('pay', 'call', { config: open })],
      edges,
    });

  it('accepts what runs only when they have agreed', () => {
    expect(behind({}, 'start -> ask', 'ask:approved -> pay')).toEqual([]);
    expect(behind({}, 'start -> ask', 'ask:approved -> a', 'a -> pay')).toEqual([]);
    expect(behind({ on_expire: 'rejected' }, 'start -> ask', 'ask:approved -> pay')).toEqual([]);
  });

  it.each(['rejected', 'expired', 'error'])('takes the port %s for no consent', (port) => {
    expect(behind({}, 'start -> ask', `ask:${port} -> pay`)).toHaveLength(1);
    expect(behind({}, 'start -> ask', 'ask:approved -> a', 'a -> pay', `ask:${port} -> pay`)).toHaveLength(1);
  });

  it('takes what expires to a yes for no consent, or may', () => {
    expect(behind({ on_expire: 'approved' }, 'start -> ask', 'ask:approved -> pay')).toHaveLength(1);
    expect(behind({ on_expire: '{{ input.then }}' }, 'start -> ask', 'ask:approved -> pay')).toHaveLength(1);
  });

  it('refuses what one way leads to without asking', () => {
    expect(behind({}, 'start -> ask', 'ask:approved -> pay', 'start -> pay')).toHaveLength(1);
    expect(behind({}, 'start -> a', 'a -> pay')).toHaveLength(1);
  });

  it('refuses what undoes a step that needed no consent', () => {
    const undone = (edges: readonly string[]) =>
      flows({
        nodes: [
          start,
          node('ask', 'approve'),
          node('do', 'change', { compensate: 'pay' }),
          node('pay', 'call', { config: open }),
        ],
        edges,
      });
    expect(undone(['start -> do'])).toHaveLength(1);
    expect(undone(['start -> ask', 'ask:approved -> do'])).toEqual([]);
  });

  it('asks once for each edge, however many ways there are', () => {
    const layers = Array.from({ length: 120 }, (_, index) => index);
    const sketch: Sketch = {
      nodes: [
        start,
        node('ask', 'approve'),
        ...layers.flatMap((at) => [node(`a${at}`, 'pure'), node(`b${at}`, 'pure'), node(`m${at}`, 'merge')]),
        node('pay', 'call', { config: open }),
      ],
      edges: [
        'start -> ask',
        ...layers.flatMap((at) => {
          const from = at === 0 ? 'ask:approved' : `m${at - 1}`;
          return [`${from} -> a${at}`, `${from} -> b${at}`, `a${at} -> m${at}`, `b${at} -> m${at}`];
        }),
        'm119 -> pay',
      ],
    };
    expect(flows(sketch)).toEqual([]); // 2^120 ways
    expect(flows({ ...sketch, edges: [...sketch.edges!, 'ask:rejected -> b7'] })).toHaveLength(1);
  });
});

describe('security.untrusted_flow, over several steps', () => {
  const told = (config: JsonObject, ...between: readonly Sketch['nodes'][number][]) => {
    const nodes = [start, crm, ...between, node('tell', 'call', { config })];
    return flows({ nodes, edges: nodes.slice(1).map(({ id }, at) => `${nodes[at]!.id} -> ${id}`) });
  };
  const callback = { url: '{{ input.callback_url }}', method: 'POST' };

  it.each<[string, JsonObject]>([
    ['by its name', { ...callback, body: '{{ nodes.crm.output.body }}' }],
    ['as it arrives', { ...callback, body: { all: '{{ incoming }}' } }],
    ['in the path', { url: 'https://{{ input.host }}/{{ nodes.crm.output.body.name }}' }],
    ['with all the others', { ...callback, body: '{{ nodes }}' }],
  ])('refuses what a secret has opened, sent on %s', (_how, config) => {
    expect(told(config)).toMatchObject([
      {
        node_id: 'tell',
        path: '/nodes/2/data/config/url',
        message: expect.stringContaining('what a secret has opened'),
      },
    ]);
  });

  it('follows it through models, variables and other steps', () => {
    const body = '{{ incoming }}';
    expect(
      told({ ...callback, body }, node('sum', 'ask_model', { config: { prompt: '{{ incoming }}' } })),
    ).toHaveLength(1);
    expect(told({ ...callback, body }, node('a', 'pure'), node('b', 'pure'))).toHaveLength(1);
    const kept = node('keep', 'set', { config: { variable_name: 'all', value: '{{ nodes.crm.output }}' } });
    expect(told({ ...callback, body: '{{ variables.all }}' }, kept)).toHaveLength(1);
    expect(told({ url: '{{ nodes.say.output }}', body }, node('say', 'look'), node('a', 'pure'))).toHaveLength(1);
  });

  it('follows it into the iterations of a scope, and out of them', () => {
    const sketch = looped(node('tell', 'call', { config: { ...callback, body: '{{ item }}' } }), {
      items: '{{ nodes.crm.output.body }}',
    });
    expect(flows({ nodes: [...sketch.nodes, crm], edges: [...sketch.edges!, 'crm -> each'] })).toHaveLength(1);
    const later = looped(crm);
    const after = node('tell', 'call', { config: { ...callback, body: '{{ nodes.each.output.last }}' } });
    expect(flows({ nodes: [...later.nodes, after], edges: [...later.edges!, 'each:exit -> tell'] })).toHaveLength(1);
  });

  it.each<[string, JsonObject]>([
    ['nothing of it', { ...callback, body: { done: true } }],
    ['only what came in', { ...callback, body: '{{ input.text }}' }],
    ['it to a literal host', { url: 'https://hooks.example.com/x', body: '{{ incoming }}' }],
    ['it where it says itself', { url: '{{ nodes.crm.output.body.next }}', body: '{{ incoming }}' }],
  ])('accepts sending %s', (_what, config) => expect(told(config)).toEqual([]));

  it('accepts what no secret has opened', () => {
    const nodes = [start, node('a', 'look'), node('tell', 'call', { config: { ...callback, body: '{{ incoming }}' } })];
    expect(flows({ nodes, edges: ['start -> a', 'a -> tell'] })).toEqual([]);
  });
});
