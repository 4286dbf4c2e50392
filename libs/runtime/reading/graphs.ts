import { compileGraph, type Accepted, type CompiledGraph, type Graph } from '#engine';
import { canonicalJson, type PayloadStore } from '#event-store';
import type { JsonObject, JsonValue } from '#plugin-sdk';
import type { PinnedNodes } from './pinned-nodes.js';

export interface ReadyGraph {
  readonly graph: Graph;
  readonly compiled: CompiledGraph;
  readonly pins: JsonObject;
}

const kept = 500;

/** Graphs made ready to run, by their digest and the pinned versions of their node types. */
export class Graphs {
  private readonly ready = new Map<string, ReadyGraph>();

  constructor(
    private readonly nodes: PinnedNodes,
    private readonly payloads: PayloadStore,
  ) {}

  /** For a run that begins now. */
  prepare(graph: Graph, digest: string): ReadyGraph {
    const known = this.ready.get(digest);
    if (known) return known;
    return this.keep(digest, { graph, pins: this.nodes.pin(graph), compiled: this.compile(graph) });
  }

  /** For a run that goes on: with the versions that it was accepted with. */
  async load(tenant: string, accepted: Accepted): Promise<CompiledGraph> {
    const digest = accepted.graph_digest!;
    const key = `${digest} ${canonicalJson(accepted.node_types as unknown as JsonValue)}`;
    const known = this.ready.get(key);
    if (known) return known.compiled;
    const bytes = await this.payloads.get(tenant, digest.replace('sha256:', ''));
    if (!bytes) throw new Error(`The graph ${digest} of the execution is missing from the payload store.`);
    const graph = JSON.parse(new TextDecoder().decode(bytes)) as Graph;
    const versions = accepted.node_types;
    return this.keep(key, { graph, pins: versions as unknown as JsonObject, compiled: this.compile(graph, versions) })
      .compiled;
  }

  /** Stores a graph that no definition has published. */
  async store(tenant: string, graph: Graph): Promise<void> {
    await this.payloads.put(tenant, new TextEncoder().encode(canonicalJson(graph as unknown as JsonValue)));
  }

  private compile(graph: Graph, versions: Accepted['node_types'] = {}): CompiledGraph {
    return compileGraph(graph, (type, version) => this.nodes.usable(type, versions[type]?.version ?? version));
  }

  private keep(key: string, ready: ReadyGraph): ReadyGraph {
    if (this.ready.size >= kept) this.ready.delete(this.ready.keys().next().value!);
    this.ready.set(key, ready);
    return ready;
  }
}
