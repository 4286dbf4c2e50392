import { describe, expect, it } from '@jest/globals';
import { decidePlugin, evolvePlugin, unknownPlugin, type PluginEvent, type PluginFacts } from './plugin.decider.js';

const facts = (digest: string): PluginFacts => ({
  name: 'greet',
  version: '1.0.0',
  digest,
  source: 'outside',
  node_types: ['greet@1'],
  tools: [],
  permissions: null,
});
const installed = (digest: string): PluginEvent => ({ type: 'PluginInstalled', data: facts(digest) });
const removed = (digest: string): PluginEvent => ({ type: 'PluginRemoved', data: { digest } });

const given = (...history: PluginEvent[]) => ({
  whenLoaded: (...digests: string[]) => ({
    then: (...events: PluginEvent[]) => {
      const state = history.reduce(evolvePlugin, unknownPlugin);
      expect(decidePlugin(state, { type: 'RecordPlugin', loaded: digests.map(facts) })).toEqual(events);
    },
  }),
});

describe('a plugin', () => {
  it('is installed with the first process that has it, and no news to the others', () => {
    given().whenLoaded('a').then(installed('a'));
    given(installed('a')).whenLoaded('a').then();
    given().whenLoaded().then();
  });

  it('may be there in several versions', () => {
    given(installed('a')).whenLoaded('a', 'b').then(installed('b'));
    given(installed('a'), installed('b')).whenLoaded('b').then(removed('a'));
  });

  it('is replaced, removed, and may come again', () => {
    given(installed('a')).whenLoaded('b').then(removed('a'), installed('b'));
    given(installed('a'), removed('a')).whenLoaded().then();
    given(installed('a'), removed('a')).whenLoaded('a').then(installed('a'));
  });
});
