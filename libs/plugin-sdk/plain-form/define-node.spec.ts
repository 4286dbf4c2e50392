import { describe, expect, it } from '@jest/globals';
import { defineNode, field, type NodeContext, toDefinition } from '#plugin-sdk';
import { runNode } from '#plugin-sdk/testing';

const outline = { label: 'X', category: 'data', effects: 'none', ports: ['out'] } as const;

describe('the fields of the plain form', () => {
  const node = defineNode({
    ...outline,
    type: 'all_fields',
    config: {
      name: field.string({
        label: 'Name',
        help: 'Who',
        min: 1,
        max: 9,
        placeholder: 'Ada',
        aliases: ['who'],
        widget: 'textarea',
      }),
      n: field.number({ label: 'N', min: 0, max: 1, default: 0.5 }),
      times: field.integer().optional(),
      flag: field.boolean({ default: true }),
      kind: field.choice(['a', 'b'], { label: 'Kind' }).literal(),
      any: field.json(),
      cond: field.condition({ label: 'When' }),
      token: field.string({ options: ['x', 'y'] }).secret(),
      items: field.list(field.string({ label: 'Item' }), { max: 3 }),
      obj: field.object({ inner: field.number(), more: field.json().optional() }).optional(),
    },
    execute: ({ config, to }) => {
      // What the compiler knows of each field is part of what is tested here.
      const typed: { name: string; n: number; times: number | undefined; kind: 'a' | 'b'; items: readonly string[] } =
        config;
      const inner: number | undefined = config.obj?.inner;
      return to('out', [typed.name, inner ?? null, config.cond, config.any]);
    },
  });

  it('give the same schema as a class would', () => {
    expect(node.descriptor.configSchema).toEqual({
      type: 'object',
      properties: {
        name: {
          title: 'Name',
          description: 'Who',
          type: 'string',
          minLength: 1,
          maxLength: 9,
          'x-placeholder': 'Ada',
          'x-aliases': ['who'],
          'x-widget': 'textarea',
        },
        n: { title: 'N', type: 'number', minimum: 0, maximum: 1, default: 0.5 },
        times: { title: 'times', type: 'integer' },
        flag: { title: 'flag', type: 'boolean', default: true },
        kind: { title: 'Kind', type: 'string', enum: ['a', 'b'], 'x-expression': false },
        any: { title: 'any' },
        cond: { title: 'When', type: 'boolean', 'x-condition': true },
        token: { title: 'token', type: 'string', enum: ['x', 'y'], 'x-secret': true },
        items: { title: 'items', type: 'array', items: { title: 'Item', type: 'string' }, maxItems: 3 },
        obj: {
          title: 'obj',
          type: 'object',
          properties: { inner: { title: 'inner', type: 'number' }, more: { title: 'more' } },
          required: ['inner'],
          additionalProperties: false,
        },
      },
      required: ['name', 'kind', 'any', 'cond', 'token', 'items'],
      additionalProperties: false,
    });
    expect(node.descriptor.aliases.config).toEqual({ who: 'name' });
  });

  it('are what execute finds', async () => {
    const config = { name: 'Ada', kind: 'a', any: [1], cond: true, token: 'x', items: [], obj: { inner: 2 } };
    expect((await runNode(node, { config })).output).toEqual(['Ada', 2, true, [1]]);
  });
});

describe('defineNode', () => {
  it('gives its function to() besides everything in the context', () => {
    const node = defineNode({
      ...outline,
      type: 'lazy',
      config: {},
      execute: ({ incoming, nodeId, to }) => to('out', [incoming, nodeId], { stop: true }),
      retriesFor: () => 1,
      validate: () => [],
    });
    const context = Object.create({ incoming: 'in' }, { nodeId: { get: () => 'n1' } }) as NodeContext;
    expect(node.execute(context)).toEqual({ port: 'out', output: ['in', 'n1'], stop: true });
    expect(node.retriesFor?.({}, { code: 'x', message: 'x', retryable: true })).toBe(1);
    expect(node.validate?.({})).toEqual([]);
  });

  it('defines scopes, joins and waits', () => {
    const scope = defineNode({
      ...outline,
      type: 'each',
      kind: 'scope',
      ports: ['body', 'out'],
      bodyPort: 'body',
      config: { items: field.list(field.json()) },
      next: ({ items }, { started }) => ({ type: 'iterate', item: items[started]! }),
    });
    const join = defineNode({
      ...outline,
      type: 'count',
      kind: 'join',
      config: {},
      join: () => ({ mode: 'any', n: 1 }),
      combine: (_config, arrivals) => arrivals.length,
    });
    const wait = defineNode({
      ...outline,
      type: 'rest',
      kind: 'wait',
      effects: 'wait',
      config: { ms: field.number() },
      begin: ({ ms }, { now }) => ({ timer: { dueAt: now + ms } }),
      onEvent: () => ({ type: 'stay' }),
    });
    expect([scope, join, wait].map((node) => toDefinition(node).descriptor.kind)).toEqual(['scope', 'join', 'wait']);
    expect(scope.next({ items: ['a'] }, { started: 0, running: 0, ended: [] })).toEqual({ type: 'iterate', item: 'a' });
    expect(wait.begin({ ms: 5 }, { incoming: null, now: 1, random: 0 })).toEqual({ timer: { dueAt: 6 } });
    expect(Object.keys(join)).toEqual(['descriptor', 'join', 'combine']);
  });
});
