import { describe, expect, it } from '@jest/globals';
import type { DocumentQuery } from '@chatter/plugin-sdk';
import { runTool } from '@chatter/plugin-sdk/testing';
import { SearchDocumentsTool } from './search-documents.tool.js';

describe('the search in documents', () => {
  it('asks for what it is told, five parts of any collection otherwise', async () => {
    const asked: DocumentQuery[] = [];
    const hit = { id: 'doc_1', title: 'Returns', text: 'Within 30 days.', score: 0.9, source: null };
    const documents = {
      async search(query: DocumentQuery) {
        asked.push(query);
        return [hit];
      },
    };
    const { result } = await runTool(SearchDocumentsTool, { args: { query: 'returns' }, documents });
    expect(result).toEqual([hit]);
    const all = { query: 'returns', collection: 'shop', max_documents: 2, score_threshold: 0.5 };
    await runTool(SearchDocumentsTool, { args: all, documents });
    expect(asked).toEqual([
      { query: 'returns', collection: null, limit: 5, scoreThreshold: null },
      { query: 'returns', collection: 'shop', limit: 2, scoreThreshold: 0.5 },
    ]);
  });
});
