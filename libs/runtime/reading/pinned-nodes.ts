import { calledTypes, type Graph, type UsableNode } from '#engine';
import type { InstalledNode, NodeCatalogue } from '#plugin-host';
import type { JsonObject } from '#plugin-sdk';
import type { ExecutionContext } from '../execution-context.js';

/** What an execution was accepted with, and nothing newer: node types by their pinned versions. */
export class PinnedNodes {
  constructor(private readonly catalogue: NodeCatalogue) {}

  /** Throws where the plugin is gone: that execution is parked, the others go on. */
  installed(context: ExecutionContext, type: string): InstalledNode {
    return this.pinned(type, context.state.accepted?.node_types[type]?.version);
  }

  usable(type: string, version: number | undefined): UsableNode {
    const node = this.pinned(type, version);
    return { definition: node.definition, prepare: (resolved) => node.prepare(resolved) };
  }

  /** The pins of a graph that is accepted now. */
  pin(graph: Graph): JsonObject {
    const called = graph.nodes.flatMap(({ type, type_version, data }) =>
      calledTypes(this.pinned(type, type_version).definition, data.config),
    );
    const types = [...new Set([...graph.nodes.map((node) => node.type), ...called])].sort();
    return Object.fromEntries(
      types.map((type) => {
        const { definition, plugin } = this.pinned(type, graph.nodes.find((node) => node.type === type)?.type_version);
        const { version } = definition.descriptor;
        return [type, { digest: plugin.digest, plugin: plugin.name, plugin_version: plugin.version, version }];
      }),
    );
  }

  private pinned(type: string, version: number | undefined): InstalledNode {
    const node = this.catalogue.find(type, version);
    if (!node) throw new Error(`No plugin provides ${type}${version === undefined ? '' : `@${version}`}.`);
    return node;
  }
}
