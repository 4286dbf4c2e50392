import { readdirSync, readFileSync } from 'node:fs';
import { digestOf, namedUuid, readGraph, type NodeTypes, type TemplateDetails, type TemplateParameter } from '#engine';
import type { JsonValue } from '#plugin-sdk';
import type { BuiltInRow } from '#read-model';
import type { Template, TemplateContent } from './template.js';

/** Who owns what is built in. */
export const builtInOwner = 'system';

interface BuiltInFile extends Omit<TemplateDetails, 'is_public'> {
  readonly version: number;
  readonly updated_at: string;
  readonly parameters: readonly TemplateParameter[];
  readonly nodes: readonly unknown[];
  readonly edges: readonly unknown[];
}

interface BuiltIn {
  readonly template: Template;
  readonly content: TemplateContent;
}

const folder = new URL('./built-in/', import.meta.url);
const firstRelease = '2026-11-01T00:00:00.000Z';

/** The id of a built-in template: the same on every server, for every tenant. */
export const builtInId = (name: string): string => namedUuid('chatter.template', name);

/** Templates that come with the server: every tenant has them, and nobody changes them. They are files, and in no log. */
export class BuiltInTemplates {
  private known: ReadonlyMap<string, BuiltIn> | null = null;

  constructor(private readonly types: NodeTypes) {}

  find(id: string): Template | null {
    return this.all().get(id)?.template ?? null;
  }

  named(name: string): Template | null {
    return this.find(builtInId(name));
  }

  content(id: string): TemplateContent {
    return this.all().get(id)!.content;
  }

  /** As they are listed. */
  rows(): readonly BuiltInRow[] {
    return [...this.all().values()].map(({ template, content }) => {
      const { id, name, description, category, tags, is_public, version, created_at, updated_at } = template;
      return {
        id,
        name,
        description,
        category,
        tags,
        is_public,
        owner_id: builtInOwner,
        version,
        node_count: content.graph.nodes.length,
        parameter_count: content.parameters.length,
        created_at,
        updated_at,
      };
    });
  }

  /** Read at the first use: node types are needed to read their graphs. */
  private all(): ReadonlyMap<string, BuiltIn> {
    this.known ??= new Map(
      readdirSync(folder)
        .filter((file) => file.endsWith('.json'))
        .map((file) => this.read(file))
        .map((builtIn) => [builtIn.template.id, builtIn] as const),
    );
    return this.known;
  }

  private read(file: string): BuiltIn {
    const { nodes, edges, parameters, ...details } = JSON.parse(
      readFileSync(new URL(file, folder), 'utf8'),
    ) as BuiltInFile;
    const { graph } = readGraph(nodes, edges, this.types);
    if (graph === null) throw new Error(`The built-in template ${file} is no graph.`);
    const content = { graph, parameters };
    const template = {
      ...details,
      id: builtInId(details.name),
      is_public: true,
      builtIn: true,
      owner: builtInOwner,
      content_digest: contentDigest(content),
      created_at: firstRelease,
      position: null,
    };
    return { template, content };
  }
}

/** What is kept in the payload store, and digested. */
export const storedContent = ({ graph: { nodes, edges }, parameters }: TemplateContent): JsonValue =>
  ({ nodes, edges, parameters }) as unknown as JsonValue;

export const contentDigest = (content: TemplateContent): string => digestOf(storedContent(content));
