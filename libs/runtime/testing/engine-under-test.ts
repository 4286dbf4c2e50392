import { graphDigest, graphText, type Graph } from '#engine';
import { graph as graphOf, edge, node, sampleNodes } from '#engine/testing';
import { MemoryEventStore, SoleProcess } from '#event-store';
import { installedNode, NodeCatalogue, NodeRunner } from '#plugin-host';
import {
  NodeFailure,
  type JsonValue,
  type NodeContext,
  type NodeDefinition,
  type NodeResult,
  type TaskDefinition,
} from '#plugin-sdk';
import type { EngineParts } from '../engine-parts.js';
import { ExecutionEngine } from '../execution-engine.js';
import type { ExecutionRequest } from '../execution-request.js';
import { DefinitionSource, GraphCheck, type CheckedGraph, type PublishedGraph } from '../ports.js';

export { edge, node, graphOf };

export const caller = { sub: 'usr_1', tenant: 'default', via: 'api_key' } as const;

type Behaviour = (context: NodeContext) => NodeResult | Promise<NodeResult>;

/** What the sample tasks do here, where they are really run; a test may put its own in place. */
const behaviours: Readonly<Record<string, Behaviour>> = {
  start: ({ input }) => ({ port: 'out', output: input }),
  end: ({ incoming, config }) => ({
    port: 'end',
    output: config['output'] ?? incoming,
    ...(config['stop'] === true && { stop: true }),
  }),
  pure: ({ config, incoming }) => ({ port: 'out', output: config['value'] ?? incoming }),
  choose: ({ config, incoming }) => ({ port: config['to'] === true ? 'true' : 'false', output: incoming }),
  handler: ({ error }) => ({ port: 'handled', output: error === null ? null : { ...error } }),
};

/** One step after the other, between a start and an end. */
export function line(...steps: ReturnType<typeof node>[]): Graph {
  const all = [node('s', 'start'), ...steps, node('e', 'end')];
  return graphOf(
    all,
    all.slice(1).map(({ id }, at) => `${all[at]!.id} -> ${id}`),
  );
}

export class EngineUnderTest {
  readonly store = new MemoryEventStore();
  readonly published = new Map<string, PublishedGraph>();
  readonly checked: CheckedGraph['errors'][number][] = [];
  private engines = 0;
  engine!: ExecutionEngine;

  constructor(private readonly own: Readonly<Record<string, Behaviour>> = {}) {
    this.start();
  }

  /** Another process over the same log, as after a crash: what the first had in memory is gone. `own`: what its tasks do. */
  start(more: Partial<EngineParts> = {}, own = this.own): ExecutionEngine {
    this.engines += 1;
    const catalogue = new NodeCatalogue(nodesWith(own).map((definition) => installedNode(definition, builtIn)));
    const outside = { http: { send: refused }, models: { generate: refused } };
    this.engine = new ExecutionEngine({
      store: this.store,
      openExecutions: this.store.openExecutions,
      payloads: this.store.payloads,
      definitions: new Source(this.published),
      check: new Check(this.checked),
      catalogue,
      runner: new NodeRunner(outside),
      secret: 'secret',
      leases: new SoleProcess(`process ${this.engines}`, this.store.openExecutions),
      priceTable: '2026-11',
      log: { info: () => undefined, error: () => undefined },
      chance: () => 0,
      ...more,
    });
    return this.engine;
  }

  async publish(graph: Graph, id = '00000000-0000-4000-8000-000000000001'): Promise<string> {
    await this.store.payloads.put('default', new TextEncoder().encode(graphText(graph)));
    this.published.set(id, { definitionId: id, version: 1, name: 'Under test', digest: graphDigest(graph), graph });
    return id;
  }

  async begin(
    graph: Graph,
    input: Record<string, JsonValue> = {},
    more: Partial<ExecutionRequest> = {},
    idempotencyKey?: string,
  ) {
    const definition_id = await this.publish(graph);
    const request: ExecutionRequest = { workflow_type: 'definition', definition_id, input_data: input, ...more };
    return this.engine.begin(request, {
      caller,
      requestDigest: JSON.stringify(request),
      ...(idempotencyKey !== undefined && { idempotencyKey }),
    });
  }

  async run(graph: Graph, input: Record<string, JsonValue> = {}, more: Partial<ExecutionRequest> = {}) {
    return (await this.begin(graph, input, more)).settled(5_000);
  }

  async types(executionId: string): Promise<string[]> {
    const types: string[] = [];
    for await (const event of this.store.readStream(`execution-${executionId}`)) types.push(event.type);
    return types;
  }
}

const nodesWith = (own: Readonly<Record<string, Behaviour>>): readonly NodeDefinition[] =>
  sampleNodes.all().map((definition) => {
    const { type, kind } = definition.descriptor;
    const execute = own[type] ?? behaviours[type];
    return kind === 'task' && execute ? ({ ...definition, execute } as TaskDefinition) : definition;
  });

const builtIn = { plugin: { name: 'sample', version: '1.0.0', digest: 'd', source: 'built-in' } } as const;

const refused = (): Promise<never> =>
  Promise.reject(new NodeFailure({ code: 'refused', message: 'Nothing goes outside in these tests.' }));

class Source extends DefinitionSource {
  constructor(private readonly published: ReadonlyMap<string, PublishedGraph>) {
    super();
  }
  override async load(tenant: string, id: string): Promise<PublishedGraph | null> {
    return tenant === 'default' ? (this.published.get(id) ?? null) : null;
  }
}

class Check extends GraphCheck {
  constructor(private readonly errors: CheckedGraph['errors']) {
    super();
  }
  override raw(nodes: unknown, edges: unknown): CheckedGraph {
    return { graph: { nodes, edges } as Graph, errors: this.errors, warnings: [] };
  }
  override published(graph: Graph): CheckedGraph {
    return { graph, errors: this.errors, warnings: [] };
  }
}

/** A promise that a test settles. */
export function gate<T = void>(): { readonly opened: Promise<T>; open(value: T): void } {
  let open!: (value: T) => void;
  const opened = new Promise<T>((resolve) => (open = resolve));
  return { opened, open };
}
