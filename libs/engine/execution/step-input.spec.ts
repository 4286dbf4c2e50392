import { expect, it } from '@jest/globals';
import type { JsonObject } from '#plugin-sdk';
import { accept, compiled, complete, edge, given, node } from '../testing/index.js';
import { resolveStep } from './step-input.js';

const configOf = (config: JsonObject) => {
  const graph = compiled([node('s', 'start'), node('a', 'pure', { config })], [edge('s -> a')]);
  const { state } = given(graph, accept({ input: { n: 7 } }), complete('s'));
  const resolved = resolveStep(state, graph, state.steps.get('a')!);
  return resolved.ok ? resolved.input.config : resolved.failure;
};

it('reads doubled braces as braces, whether or not the config has expressions beside them', () => {
  expect(configOf({ text: '{{{{ input.n }}' })).toMatchObject({ text: '{{ input.n }}' });
  expect(configOf({ text: '{{{{ input.n }}', n: '{{ input.n }}' })).toMatchObject({ text: '{{ input.n }}', n: 7 });
});
