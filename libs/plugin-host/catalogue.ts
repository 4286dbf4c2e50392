import type { NodeDefinition } from '#plugin-sdk';
import type { InstalledNode } from './installed-node.js';

/** The node types as rules and checks look them up: descriptions and pure behaviour, nothing of where they come from. */
export interface CatalogueTypes {
  find(type: string, version?: number): NodeDefinition | undefined;
  all(): NodeDefinition[];
}

/** The node types of this process, by type and version. Versions live side by side. */
export class NodeCatalogue {
  private readonly byType: ReadonlyMap<string, readonly InstalledNode[]>;
  private readonly byAlias: ReadonlyMap<string, string>;

  /** Throws when two nodes claim the same type and version, or a name is both a type and an alias of another. */
  constructor(private readonly nodes: readonly InstalledNode[]) {
    this.byType = Map.groupBy(nodes.toSorted(newestFirst), typeOf);
    this.byAlias = aliasesOf(nodes);
    const problem = problemOf(this.byType, this.byAlias);
    if (problem !== null) throw new Error(problem);
  }

  /** A type by its name or an alias of it. Without a version the newest. */
  find(type: string, version?: number): InstalledNode | undefined {
    const versions = this.byType.get(type) ?? this.byType.get(this.byAlias.get(type) ?? '');
    return version === undefined
      ? versions?.[0]
      : versions?.find(({ definition }) => definition.descriptor.version === version);
  }

  /** Every version of every type, in the order they were installed. */
  all(): readonly InstalledNode[] {
    return this.nodes;
  }

  types(): CatalogueTypes {
    return {
      find: (type, version) => this.find(type, version)?.definition,
      all: () => this.nodes.map(({ definition }) => definition),
    };
  }
}

const typeOf = ({ definition }: InstalledNode): string => definition.descriptor.type;

const newestFirst = (a: InstalledNode, b: InstalledNode): number =>
  b.definition.descriptor.version - a.definition.descriptor.version;

const aliasesOf = (nodes: readonly InstalledNode[]): Map<string, string> =>
  new Map(nodes.flatMap((node) => namesOf(node).map((alias): [string, string] => [alias, typeOf(node)])));

const namesOf = ({ definition }: InstalledNode): readonly string[] => definition.descriptor.aliases.types;

function problemOf(
  byType: ReadonlyMap<string, readonly InstalledNode[]>,
  byAlias: ReadonlyMap<string, string>,
): string | null {
  for (const [type, versions] of byType) {
    const numbers = versions.map(({ definition }) => definition.descriptor.version);
    const twice = numbers.find((version, index) => numbers.indexOf(version) !== index);
    if (twice !== undefined) return `The node type ${type}@${twice} is there twice.`;
    if (byAlias.has(type)) return `"${type}" is a node type, and an alias of "${byAlias.get(type)}".`;
    const shared = versions.flatMap(namesOf).find((alias) => byAlias.get(alias) !== type);
    if (shared !== undefined) return `"${shared}" is an alias of "${type}" and of "${byAlias.get(shared)}".`;
  }
  return null;
}
