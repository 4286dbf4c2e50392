import { describe, expect, it } from '@jest/globals';
import { type IterationEnd, type JsonValue, type ScopeDefinition, toDefinition } from '@chatter/plugin-sdk';
import { driveScope } from '@chatter/plugin-sdk/testing';
import { MapNode } from './map.node.js';

const map = toDefinition(MapNode) as ScopeDefinition;
const failure = { code: 'http_500', message: 'No.', retryable: true };
const ok = (index: number, value: JsonValue): IterationEnd => ({ index, ok: true, value });
const failed = (index: number): IterationEnd => ({ index, ok: false, failure });
const three = ['a', 'b', 'c'];

describe('map', () => {
  it('starts items in order, null included, as many as may run at once', () => {
    const config = { items: ['a', null, 'c'], concurrency: 2 };
    expect(map.next(config, { started: 0, running: 0, ended: [] })).toEqual({ type: 'iterate', item: 'a' });
    expect(map.next(config, { started: 1, running: 1, ended: [] })).toEqual({ type: 'iterate', item: null });
    expect(map.next(config, { started: 2, running: 2, ended: [] })).toEqual({ type: 'stay' });
    expect(map.next(config, { started: 2, running: 1, ended: [ok(1, 2)] })).toEqual({ type: 'iterate', item: 'c' });
  });

  it('runs ten at once, if it is told nothing else', () => {
    const items = Array<number>(20).fill(0);
    expect(map.next({ items }, { started: 9, running: 9, ended: [] })).toEqual({ type: 'iterate', item: 0 });
    expect(map.next({ items }, { started: 10, running: 10, ended: [] })).toEqual({ type: 'stay' });
  });

  it('waits for those still running, then gives the values in the order of the items', () => {
    expect(map.next({ items: three }, { started: 3, running: 1, ended: [ok(0, 1), ok(2, 3)] })).toEqual({
      type: 'stay',
    });
    const state = { started: 3, running: 0, ended: [ok(0, 1), ok(1, null), ok(2, 3)] };
    expect(map.next({ items: three }, state)).toEqual({ type: 'settle', port: 'done', output: [1, null, 3] });
  });

  it('settles an empty list at once', () => {
    const step = map.next({ items: [] }, { started: 0, running: 0, ended: [] });
    expect(step).toEqual({ type: 'settle', port: 'done', output: [] });
  });

  it('fails with the first failure, though others still run', () => {
    const state = { started: 3, running: 1, ended: [ok(0, 1), failed(1)] };
    expect(map.next({ items: three }, state)).toEqual({ type: 'fail', failure });
    expect(map.next({ items: three, on_error: 'fail' }, state)).toEqual({ type: 'fail', failure });
  });

  it('goes on past a failure where that is wished', () => {
    const state = { started: 2, running: 0, ended: [ok(0, 1), failed(1)] };
    expect(map.next({ items: three, on_error: 'skip' }, state)).toEqual({ type: 'iterate', item: 'c' });
  });

  it('leaves failed items out, with skip', () => {
    const state = { started: 3, running: 0, ended: [ok(0, 1), failed(1), ok(2, 3)] };
    expect(map.next({ items: three, on_error: 'skip' }, state)).toMatchObject({ output: [1, 3] });
  });

  it('says how each item went, with collect', () => {
    const state = { started: 2, running: 0, ended: [ok(0, 1), failed(1)] };
    expect(map.next({ items: ['a', 'b'], on_error: 'collect' }, state)).toMatchObject({
      output: [
        { index: 0, ok: true, value: 1 },
        { index: 1, ok: false, error: { code: 'http_500', message: 'No.' } },
      ],
    });
  });

  it('is entered at item, and settles at done', () => {
    expect(map.descriptor).toMatchObject({
      kind: 'scope',
      bodyPort: 'item',
      ports: ['item', 'done'],
      canBeDisabled: false,
    });
  });
});

describe('a whole map', () => {
  const items = Array.from({ length: 25 }, (_, index) => index);

  it.each([true, false])('keeps the order and the bound, whoever ends first (newest first: %s)', (newestFirst) => {
    const config = { items, concurrency: 4 };
    const run = driveScope(MapNode, { config, newestFirst, body: (item) => ({ value: Number(item) * 2 }) });
    expect(run.step).toMatchObject({ port: 'done', output: items.map((item) => item * 2) });
    expect(run).toMatchObject({ items, atOnce: 4 });
  });

  it('accounts for every item, also when each fails', () => {
    const run = driveScope(MapNode, { config: { items, on_error: 'collect' }, body: () => ({ failure }) });
    expect(run.items).toEqual(items);
    expect((run.step as { output: JsonValue }).output).toHaveLength(25);
  });
});
