import { describe, expect, it } from '@jest/globals';
import { defineNode, type NodeDescriptor, toDefinition, WorkflowNode } from '#plugin-sdk';
import { isNodeExport } from './to-definition.js';

const { descriptor } = defineNode({
  type: 'sound',
  label: 'Sound',
  category: 'data',
  effects: 'none',
  ports: ['out'],
  config: {},
  execute: ({ to }) => to('out', null),
});
const withChanges = (
  changes: Partial<Record<keyof NodeDescriptor, unknown>>,
  methods: object = { execute: () => null },
) => ({
  descriptor: { ...descriptor, ...changes },
  ...methods,
});

describe('what is no node type', () => {
  class Plain {}
  it.each([[Plain], [undefined], [null], [7], [{}], [() => null]])('is refused: %p', (exported) => {
    expect(isNodeExport(exported)).toBe(false);
    expect(() => toDefinition(exported)).toThrow(
      'is no node type. Put @WorkflowNode({…}) on a class, or export what defineNode({…}) gives.',
    );
  });
});

describe('a description that cannot be used', () => {
  it.each([
    [{ type: 'HttpRequest' }, 'its type is "HttpRequest". Write it in snake case'],
    [{ type: 7 }, 'its type is 7'],
    [{ version: 0 }, 'its version is 0. Write a whole number from 1.'],
    [{ version: '1' }, 'its version is "1"'],
    [{ label: '' }, 'it has no label'],
    [{ kind: 'step' }, 'its kind is "step". Choose one of task, scope, join, wait.'],
    [{ category: undefined }, 'its category is undefined. Choose one of control'],
    [{ effects: 'some' }, 'its effects is "some"'],
    [{ effects: undefined }, 'its effects are undefined'],
    [{ effects: { by: 'method', read: ['GET'], else: 'write' } }, 'its effects are {'],
    [{ effects: { by: '/method', read: 'GET', else: 'write' } }, 'its effects are {'],
    [{ effects: { by: '/method', read: [], readIf: 'safe', else: 'write' } }, 'its effects are {'],
    [{ effects: { by: '/method', read: [], else: 'read' } }, 'Only "write" is safe to assume'],
    [{ idempotent: 'yes' }, 'its idempotent is "yes". Write true, false, or {by:'],
    [{ idempotent: undefined }, 'its idempotent is undefined'],
    [{ idempotent: { by: 'method', among: [] } }, 'its idempotent is {'],
    [{ idempotent: { by: '/method', among: 'PUT' } }, 'its idempotent is {'],
    [{ ports: 'out' }, 'it has no ports'],
    [{ ports: ['no port'] }, 'its port "no port" is no name'],
    [{ ports: ['error'] }, 'its port "error" has a taken name'],
    [{ ports: ['out', 'out'] }, 'its port "out" stands twice'],
    [{ ports: [{ from: 'cases' }] }, 'its port 0 is {"from":"cases"}'],
    [{ ports: [null] }, 'its port 0 is null'],
    [{ ports: ['out', { name: 'out', if: '/a', is: 1 }] }, 'its port "out" stands twice'],
    [{ ports: [{ name: 'in', if: '/a', is: 1 }] }, 'its port "in" has a taken name'],
    [{ ports: [{ name: 'more', if: 'a', is: 1 }] }, 'its port 0 is {"name":"more"'],
    [{ ports: [{ name: 'more', if: '/a' }] }, 'its port 0 is {"name":"more"'],
    [{ ports: [{ if: '/a', is: 1 }] }, 'its port 0 is {"if":"/a"'],
    [{ kind: 'scope' }, 'its bodyPort is none of its ports'],
    [{ bodyPort: 'out' }, 'only scopes have a body'],
    [{ kind: 'wait' }, 'its effects are "wait"'],
    [{ kind: 'join', effects: 'read' }, 'its effects are "none"'],
    [{ effects: 'wait' }, 'it is a task, which may not wait'],
  ])('%j: %s', (changes, message) => {
    expect(() => toDefinition(withChanges(changes))).toThrow(message);
    expect(() => toDefinition(withChanges(changes))).toThrow('cannot be used');
  });

  it('names the kind that its methods would suit', () => {
    expect(() => toDefinition(withChanges({}, { next: () => null }))).toThrow(
      'Node type "sound" cannot be used: it is a task, but has no execute. It has next: did you mean kind "scope"?',
    );
    expect(() => toDefinition(withChanges({ kind: 'join' }, {}))).toThrow('it is a join, but has no join.');
  });

  it('names the class', () => {
    class Config {}
    @WorkflowNode({ type: 'mute', label: 'Mute', category: 'data', effects: 'none', ports: [], config: Config })
    class MuteNode {}
    expect(() => toDefinition(MuteNode)).toThrow('Class "MuteNode" cannot be used: it is a task, but has no execute.');
  });
});

it('gives back what defineNode gave', () => {
  const exported = withChanges({
    effects: { by: '/a', read: [1], readIf: '/b', else: 'write' },
    ports: ['a', { from: '/x/*/y' }],
  });
  expect(toDefinition(exported)).toBe(exported);
});
