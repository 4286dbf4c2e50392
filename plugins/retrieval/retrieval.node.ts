import {
  BaseWorkflowNode,
  Field,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  type NodeContext,
  type NodeResult,
  WorkflowNode,
} from '@chatter/plugin-sdk';

export class RetrievalConfig {
  @IsString()
  @MaxLength(10_000)
  @Field({ label: 'Query', help: 'What is looked for, in words.', placeholder: '{{ input.message }}' })
  query!: string;

  @IsOptional()
  @IsString()
  @MaxLength(100)
  @Field({ label: 'Collection', help: 'Only documents of this collection. Empty: of all of them.' })
  collection?: string;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(50)
  @Field({ label: 'Documents', help: 'How many at most.', default: 5, aliases: ['top_k'] })
  max_documents?: number;

  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(1)
  @Field({ label: 'Score', help: 'From 0 to 1: what fits less well is left out.' })
  score_threshold?: number;
}

/** The parts of documents that fit a query best. */
@WorkflowNode({
  type: 'retrieval',
  version: 1,
  label: 'Retrieval',
  description: 'Looks up documents, and gives on the parts that fit best.',
  category: 'data',
  icon: 'file-search',
  effects: 'read',
  ports: ['out'],
  aliases: { types: ['retrieve', 'retrieve_documents'] },
  config: RetrievalConfig,
})
export class RetrievalNode extends BaseWorkflowNode<RetrievalConfig> {
  async execute({ config, documents }: NodeContext<RetrievalConfig>): Promise<NodeResult> {
    const hits = await documents.search({
      query: config.query,
      collection: config.collection ?? null,
      limit: config.max_documents ?? 5,
      scoreThreshold: config.score_threshold ?? null,
    });
    return this.to(
      'out',
      hits.map(({ id, title, text, score, source }) => ({ id, title, text, score, source })),
    );
  }
}
