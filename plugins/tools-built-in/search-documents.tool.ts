import {
  Field,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  type JsonObject,
  type Tool,
  type ToolContext,
  WorkflowTool,
} from '@chatter/plugin-sdk';

class SearchDocumentsArguments {
  @IsString()
  @Field({ label: 'Query', help: 'What is looked for, in words.', min: 1, max: 2_000 })
  query!: string;

  @IsOptional()
  @IsString()
  @Field({ label: 'Collection', help: 'Only in this one. Without it, in all.', max: 200 })
  collection?: string;

  @IsOptional()
  @IsInt()
  @Field({ label: 'Most documents', default: 5, min: 1, max: 20 })
  max_documents!: number;

  @IsOptional()
  @IsNumber()
  @Field({ label: 'Least score', help: '0–1; what fits less is left out.', min: 0, max: 1 })
  score_threshold?: number;
}

/** Looks into the documents of the tenant. */
@WorkflowTool({
  name: 'search_documents',
  description: 'Searches the uploaded documents. Gives the parts that fit best, as [{id, title, text, score, source}].',
  effects: 'read',
  idempotent: true,
  arguments: SearchDocumentsArguments,
})
export class SearchDocumentsTool implements Tool<SearchDocumentsArguments> {
  async execute({ args, documents }: ToolContext<SearchDocumentsArguments>): Promise<readonly JsonObject[]> {
    const { query, collection = null, max_documents: limit, score_threshold: scoreThreshold = null } = args;
    const hits = await documents.search({ query, collection, limit, scoreThreshold });
    return hits.map((hit) => ({ ...hit }));
  }
}
