import {
  decideDefinition,
  evolveDefinition,
  graphText,
  graphDigest,
  Refusal,
  unknownDefinition,
  type DefinitionCommand,
  type DefinitionDetails,
  type DefinitionEvent,
  type DefinitionPublished,
  type DefinitionState,
  type Graph,
  type PublishedState,
} from '#engine';
import { canonicalJson, definitionStream, type EventStore, type PayloadStore, type Position } from '#event-store';
import type { JsonObject } from '#plugin-sdk';
import { actorOf, DefinitionSource, type Caller, type PublishedGraph } from '#runtime';
import { NewestStates } from '../database/newest-states.js';
import { DecidedStreams } from '../database/decided-streams.js';
import { noTriggers, type TriggerClaims } from '../triggers/trigger-claims.js';
import { publishedGraph } from './published-graph.js';

export interface Definition {
  readonly id: string;
  readonly state: PublishedState;
  /** Behind which lists show it. */
  readonly position: Position | null;
}

export interface ToPublish extends DefinitionDetails {
  readonly metadata: JsonObject;
  readonly graph: Graph;
  readonly restoredFrom?: number;
  /** Of the draft that this is. */
  readonly draftRevision?: number;
}

const kept = 1_000;

/** Definitions and their published versions. Another tenant's are answered as unknown ones are. */
export class Definitions extends DefinitionSource {
  private readonly streams: DecidedStreams<DefinitionState, DefinitionCommand, DefinitionEvent>;
  private readonly loaded = new NewestStates<PublishedState>(kept);
  private readonly graphs = new Map<string, Graph>();

  constructor(
    private readonly store: EventStore,
    private readonly payloads: PayloadStore,
    private readonly claims: TriggerClaims = noTriggers,
  ) {
    super();
    const rules = {
      streamOf: definitionStream,
      initial: unknownDefinition,
      decide: decideDefinition,
      evolve: evolveDefinition,
    };
    this.streams = new DecidedStreams<DefinitionState, DefinitionCommand, DefinitionEvent>(store, rules);
  }

  /** A published version, ready to run; of the newest where none is named. */
  override async load(tenant: string, definitionId: string, version?: number): Promise<PublishedGraph | null> {
    const state = await this.find(tenant, definitionId);
    const wanted = version === undefined ? state?.versions.at(-1) : state?.versions[version - 1];
    if (!state || !wanted) return null;
    const { version: number, name, graph_digest: digest } = wanted;
    return { definitionId, version: number, name, digest, graph: await this.graph(tenant, digest) };
  }

  /** Null: unknown, deleted, or another tenant's. */
  async find(tenant: string, id: string): Promise<PublishedState | null> {
    const known = this.loaded.get(id) ?? (await this.read(id));
    return known && known.tenant === tenant && known.state.status === 'published' ? known.state : null;
  }

  private async read(id: string) {
    const { state, tenant, revision } = await this.streams.load(id);
    if (state.status === 'unknown' || tenant === null) return null;
    return this.loaded.keep(id, { tenant, state, revision });
  }

  /** Another process may have changed it: what is kept of it, and its trigger, are what its stream says. */
  async heard(id: string): Promise<void> {
    const found = await this.read(id);
    if (found) await this.claims.told(found.tenant, id, found.state);
  }

  async graph(tenant: string, digest: string): Promise<Graph> {
    const known = this.graphs.get(digest);
    if (known) return known;
    const graph = await publishedGraph(this.payloads, tenant, digest);
    if (this.graphs.size >= kept) this.graphs.delete(this.graphs.keys().next().value!);
    this.graphs.set(digest, graph);
    return graph;
  }

  /** A new definition. The same request again, under the same id, finds it; another one is refused. */
  async create(
    id: string,
    wish: ToPublish,
    by: Caller,
  ): Promise<{ readonly definition: Definition; readonly replayed: boolean }> {
    if (await this.read(id)) return { definition: await this.madeBefore(id, wish, by), replayed: true };
    try {
      return { definition: await this.publish(id, wish, by, 0), replayed: false };
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'version_is_stale') throw error;
      return { definition: await this.madeBefore(id, wish, by), replayed: true };
    }
  }

  private async madeBefore(id: string, wish: ToPublish, { tenant }: Caller): Promise<Definition> {
    const wanted = canonicalJson(factsOf(wish));
    for await (const first of this.store.readStream(definitionStream(id), { limit: 1 })) {
      const { name, description, tags, is_public, metadata, graph_digest } = JSON.parse(
        first.data,
      ) as DefinitionPublished;
      if (canonicalJson({ name, description, tags, is_public, metadata, graph_digest }) === wanted) continue;
      throw new Refusal(
        'idempotency_key_reused',
        'This Idempotency-Key has made another definition. Use a new key for a new request.',
      );
    }
    const state = await this.find(tenant, id);
    if (!state) throw new Refusal('definition_not_found', `The definition wf_${id} has been deleted.`);
    return { id, state, position: null };
  }

  /** The next version. The graph is durable before the event that names it. */
  async publish(id: string, wish: ToPublish, by: Caller, seen?: number): Promise<Definition> {
    const { graph, restoredFrom, draftRevision } = wish;
    await this.payloads.put(by.tenant, new TextEncoder().encode(graphText(graph)));
    const published = {
      ...factsOf(wish),
      node_count: graph.nodes.length,
      edge_count: graph.edges.length,
      owner: by.sub,
      ...(restoredFrom !== undefined && { restored_from: restoredFrom }),
      ...(draftRevision !== undefined && { draft_revision: draftRevision }),
    };
    const publish = () => this.tell(id, { type: 'Publish', published, ...(seen !== undefined && { seen }) }, by);
    const known = await this.find(by.tenant, id);
    return known?.active ? this.claims.holding({ tenant: by.tenant, definitionId: id, graph }, publish) : publish();
  }

  async restore(id: string, version: number, by: Caller, seen?: number): Promise<Definition> {
    const state = await this.find(by.tenant, id);
    const old = state?.versions[version - 1];
    if (!state || !old) throw new Refusal('version_not_found', `The definition wf_${id} has no version ${version}.`);
    const graph = await this.graph(by.tenant, old.graph_digest);
    const { description, tags, is_public } = state;
    return this.publish(
      id,
      { name: old.name, description, tags, is_public, metadata: old.metadata, graph, restoredFrom: version },
      by,
      seen,
    );
  }

  /** To activate is refused where another active definition has the address of a webhook of this one. */
  async change(
    id: string,
    changes: Partial<DefinitionDetails> & { active?: boolean },
    by: Caller,
    seen?: number,
  ): Promise<Definition> {
    const change = () => this.tell(id, { type: 'Change', changes, ...(seen !== undefined && { seen }) }, by);
    const known = changes.active ? await this.find(by.tenant, id) : null;
    if (!known) return change();
    const graph = await this.graph(by.tenant, known.versions.at(-1)!.graph_digest);
    return this.claims.holding({ tenant: by.tenant, definitionId: id, graph }, change);
  }

  delete(id: string, by: Caller, seen?: number): Promise<Definition> {
    return this.tell(id, { type: 'Delete', ...(seen !== undefined && { seen }) }, by);
  }

  private async tell(id: string, command: DefinitionCommand, by: Caller): Promise<Definition> {
    const { tenant } = by;
    const { state, position, revision } = await this.streams.tell(id, command, { tenant, actor: actorOf(by) });
    if (state.status === 'unknown') throw new Error('A definition was told something and is still unknown.');
    this.loaded.keep(id, { tenant, state, revision });
    if (position) await this.claims.told(by.tenant, id, state);
    return { id, state, position };
  }
}

const factsOf = ({ graph, name, description, tags, is_public, metadata }: ToPublish) => ({
  name,
  description,
  tags,
  is_public,
  metadata,
  graph_digest: graphDigest(graph),
});
