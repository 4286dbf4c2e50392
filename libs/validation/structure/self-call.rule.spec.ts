import { describe, expect, it } from '@jest/globals';
import { edge, node, type Sketch } from '../testing/checked.js';
import { foundFor } from '../testing/facts.js';

const id = '3f0c5d1a-6a0b-4f6e-9a53-0d8f2c4b7e11';
const again = node('again', 'run', { config: { definition_id: `wf_${id}` } });
const called = (sketch: Sketch, definitionId: string | null = id) =>
  foundFor('structure.self_call', { ...sketch, nodes: [node('start', 'start'), ...sketch.nodes] }, { definitionId });

describe('structure.self_call', () => {
  it('refuses a workflow that calls itself in every run', () => {
    expect(called({ nodes: [again], edges: ['start -> again'] })).toMatchObject([
      { severity: 'error', node_id: 'again', path: '/nodes/1/data/config/definition_id' },
    ]);
    const bare = node('again', 'run', { config: { definition_id: id } });
    expect(called({ nodes: [node('a', 'pure'), bare], edges: ['start -> a', 'a -> again'] })).toMatchObject([
      { severity: 'error' },
    ]);
  });

  it('warns where something decides whether it does', () => {
    const choosing = [node('c', 'choose'), again];
    expect(called({ nodes: choosing, edges: ['start -> c', 'c:true -> again'] })).toMatchObject([
      { severity: 'warning', message: expect.stringContaining('Make sure that it ends') },
    ]);
    for (const way of [
      edge('start -> again', { condition: 'input.more' }),
      edge('start -> again', { default: true }),
      edge('start:error -> again'),
    ])
      expect(called({ nodes: [again], edges: [way] })).toMatchObject([{ severity: 'warning' }]);
  });

  it('says nothing of others, of what an expression names, or where it is no version of anything', () => {
    const open = node('again', 'run', { config: { definition_id: '{{ input.id }}' } });
    const elsewhere = node('again', 'pure', { config: { definition_id: id } });
    for (const nodes of [[open], [elsewhere], [node('again', 'nobody knows', again.data)]])
      expect(called({ nodes, edges: ['start -> again'] })).toEqual([]);
    expect(called({ nodes: [again], edges: ['start -> again'] }, null)).toEqual([]);
    expect(called({ nodes: [again], edges: ['start -> again'] }, id.replace('3', '4'))).toEqual([]);
  });
});
