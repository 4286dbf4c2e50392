import { describe, expect, it } from '@jest/globals';
import type { DocumentClient, DocumentQuery } from '@chatter/plugin-sdk';
import { runNode } from '@chatter/plugin-sdk/testing';
import { RetrievalNode } from './retrieval.node.js';

const hit = { id: 'doc_1', title: 'Rules', text: 'Be kind.', score: 0.9, source: null };

async function look(config: object) {
  const asked: DocumentQuery[] = [];
  const documents: DocumentClient = { search: async (query) => (asked.push(query), [hit]) };
  const { output } = await runNode(RetrievalNode, { config: config as never, documents });
  return { output, asked };
}

describe('the retrieval node', () => {
  it('looks for five documents in every collection, when nothing else is said', async () => {
    const { output, asked } = await look({ query: 'rules' });
    expect(asked).toEqual([{ query: 'rules', collection: null, limit: 5, scoreThreshold: null }]);
    expect(output).toEqual([hit]);
  });

  it('looks where and for what it is told', async () => {
    const { asked } = await look({ query: 'rules', collection: 'law', max_documents: 2, score_threshold: 0.5 });
    expect(asked).toEqual([{ query: 'rules', collection: 'law', limit: 2, scoreThreshold: 0.5 }]);
  });
});
