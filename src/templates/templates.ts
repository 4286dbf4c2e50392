import {
  decideTemplate,
  evolveTemplate,
  Refusal,
  unknownTemplate,
  type Graph,
  type SavedTemplate,
  type TemplateCommand,
  type TemplateEvent,
  type TemplateParameter,
  type TemplateState,
} from '#engine';
import { canonicalJson, templateStream, type EventStore, type PayloadStore, type Position } from '#event-store';
import { actorOf, type Caller } from '#runtime';
import { DecidedStreams } from '../database/decided-streams.js';
import { contentDigest, storedContent, type BuiltInTemplates } from './built-in-templates.js';
import type { Template, TemplateContent, ToSave } from './template.js';

const kept = 500;

/** Templates, those of the log and those that are built in. Another tenant's are answered as unknown ones are. */
export class Templates {
  private readonly streams: DecidedStreams<TemplateState, TemplateCommand, TemplateEvent>;
  private readonly contents = new Map<string, TemplateContent>();

  constructor(
    store: EventStore,
    private readonly payloads: PayloadStore,
    readonly builtIn: BuiltInTemplates,
  ) {
    const rules = {
      streamOf: templateStream,
      initial: unknownTemplate,
      decide: decideTemplate,
      evolve: evolveTemplate,
    };
    this.streams = new DecidedStreams<TemplateState, TemplateCommand, TemplateEvent>(store, rules, { remember: kept });
  }

  /** Null: unknown, deleted, or another tenant's. */
  async find(tenant: string, id: string): Promise<Template | null> {
    const builtIn = this.builtIn.find(id);
    if (builtIn) return builtIn;
    const { state, tenant: owning } = await this.streams.load(id);
    return state.status === 'saved' && owning === tenant ? asTemplate(id, state, null) : null;
  }

  async content(tenant: string, { id, builtIn, content_digest }: Template): Promise<TemplateContent> {
    if (builtIn) return this.builtIn.content(id);
    const key = `${tenant} ${content_digest}`;
    const known = this.contents.get(key);
    if (known) return known;
    const bytes = await this.payloads.get(tenant, content_digest.replace('sha256:', ''));
    if (!bytes) throw new Error(`The content ${content_digest} of a template is missing from the payload store.`);
    const { nodes, edges, parameters } = JSON.parse(new TextDecoder().decode(bytes)) as Graph & {
      readonly parameters: readonly TemplateParameter[];
    };
    const content = { graph: { nodes, edges }, parameters };
    if (this.contents.size >= kept) this.contents.delete(this.contents.keys().next().value!);
    this.contents.set(key, content);
    return content;
  }

  /**
   * The template that this request has made before, under its idempotency key; null: none. Another request under the
   * same key is refused.
   */
  async madeBefore(id: string, requestDigest: string, { tenant }: Caller): Promise<Template | null> {
    const { state } = await this.streams.load(id);
    if (state.status === 'unknown') return null;
    if (state.request_digest !== requestDigest)
      throw new Refusal(
        'idempotency_key_reused',
        'This Idempotency-Key has made another template. Use a new key for a new request.',
      );
    const found = await this.find(tenant, id);
    if (!found) throw new Refusal('template_not_found', `The template tpl_${id} has been deleted.`);
    return found;
  }

  /** A new template. */
  create(id: string, wish: ToSave, by: Caller, requestDigest?: string): Promise<Template> {
    return this.save(id, wish, by, 0, requestDigest);
  }

  /** The next version. Its content is durable before the event that names it. */
  async save(id: string, wish: ToSave, by: Caller, seen?: number, requestDigest?: string): Promise<Template> {
    this.refuseBuiltIn(id);
    const { name, description, category, tags, is_public, graph, parameters, definitionId } = wish;
    await this.payloads.put(by.tenant, new TextEncoder().encode(canonicalJson(storedContent(wish))));
    const saved = {
      name,
      description,
      category,
      tags,
      is_public,
      content_digest: contentDigest(wish),
      node_count: graph.nodes.length,
      edge_count: graph.edges.length,
      parameter_count: parameters.length,
      owner: by.sub,
      ...(definitionId !== undefined && { definition_id: definitionId }),
      ...(requestDigest !== undefined && { request_digest: requestDigest }),
    };
    return this.tell(id, { type: 'Save', saved, ...(seen !== undefined && { seen }) }, by);
  }

  delete(id: string, by: Caller, seen?: number): Promise<Template> {
    this.refuseBuiltIn(id);
    return this.tell(id, { type: 'Delete', ...(seen !== undefined && { seen }) }, by);
  }

  private refuseBuiltIn(id: string): void {
    const builtIn = this.builtIn.find(id);
    if (builtIn) throw builtInRefused(builtIn.name);
  }

  private async tell(id: string, command: TemplateCommand, by: Caller): Promise<Template> {
    const { state, position } = await this.streams.tell(id, command, { tenant: by.tenant, actor: actorOf(by) });
    if (state.status === 'unknown') throw new Error('A template was told something and is still unknown.');
    return asTemplate(id, state, position);
  }
}

export const builtInRefused = (name: string): Refusal =>
  new Refusal(
    'template_built_in',
    `The template "${name}" is built in and stays as it is. Make your own from it: GET …/export, then POST /api/v1/workflows/templates/import.`,
  );

function asTemplate(id: string, state: SavedTemplate, position: Position | null): Template {
  const { status: _, request_digest: __, ...facts } = state;
  return { id, builtIn: false, position, ...facts };
}
