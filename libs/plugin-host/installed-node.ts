import {
  configClassOf,
  defaultsFilled,
  type JsonObject,
  type NodeDefinition,
  type NodeDescriptor,
  NodeFailure,
  TOOLS_IDEMPOTENT,
  TOOLS_THAT_READ,
} from '#plugin-sdk';
import { checksMoreThanSchema, classCheck } from './config/class-check.js';
import { type ConfigCheck, schemaCheck } from './config/schema-check.js';

/** Where a node type comes from. */
export interface InstalledPlugin {
  readonly name: string;
  readonly version: string;
  /** SHA-256 in hex, over the manifest and every file. */
  readonly digest: string;
  readonly source: 'built-in' | 'outside';
}

/** A plugin of this process, and what it brings. */
export interface LoadedPlugin extends InstalledPlugin {
  /** `greet@1`. */
  readonly nodeTypes: readonly string[];
  readonly tools: readonly string[];
  /** Absent: not held to any, as the built-in ones. */
  readonly permissions?: PluginPermissions;
}

/** What a plugin asks for in its manifest. Built-in ones are not held to it. */
export interface PluginPermissions {
  /** Hosts, `*.example.com` for those below one, `*` for any. */
  readonly http: readonly string[];
  /** Models: `provider/model`, `provider/*`, `*`; `default` for whatever the server takes. */
  readonly models: readonly string[];
  /** Tools by name, `*` for any. Absent: none. */
  readonly tools?: readonly string[];
}

/** The names of this server's tools, for descriptors that ask for them. Both lists are filled in once all are known. */
export interface ToolNames {
  /** Of tools that change nothing. */
  readonly reading: string[];
  /** Of tools that honour the idempotency key. */
  readonly idempotent: string[];
}

/** A node type that can be run. */
export interface InstalledNode {
  readonly definition: NodeDefinition;
  readonly plugin: InstalledPlugin;
  /** Absent: not held to any, as the built-in ones. */
  readonly permissions?: PluginPermissions;
  /** The plugin's README, which the editor shows as help. */
  readonly help?: string;
  /**
   * A resolved config made ready: defaults filled in, checked by JSON Schema and by the class's own validators. Throws a
   * `NodeFailure` `invalid_config` that names the field. The same object is made ready once.
   */
  prepare(resolved: JsonObject): JsonObject;
}

export type InstalledFrom = Pick<InstalledNode, 'plugin' | 'permissions' | 'help'>;

export function installedNode(
  definition: NodeDefinition,
  from: InstalledFrom,
  tools: ToolNames = { reading: [], idempotent: [] },
): InstalledNode {
  const { configSchema, type } = definition.descriptor;
  const config = configClassOf(definition);
  const checks = [
    schemaCheck(configSchema),
    ...(config !== undefined && checksMoreThanSchema(config) ? [classCheck(config)] : []),
  ];
  const ready = new WeakMap<JsonObject, JsonObject>();
  return {
    ...from,
    definition: withToolNames(definition, tools),
    prepare(resolved) {
      const known = ready.get(resolved);
      if (known !== undefined) return known;
      const filled = defaultsFilled(configSchema, resolved);
      for (const check of checks) {
        const problem = problemFrom(check, filled);
        if (problem !== null) throw new NodeFailure({ code: 'invalid_config', message: `${type}: ${problem}` });
      }
      ready.set(resolved, filled);
      ready.set(filled, filled);
      return filled;
    },
  };
}

/** A list that asks for this server's tools is theirs, which may not be filled in yet. */
function withToolNames<D extends NodeDefinition>(definition: D, { reading, idempotent }: ToolNames): D {
  const { descriptor } = definition;
  const byTool: Partial<NodeDescriptor> = {
    ...(typeof descriptor.effects === 'object' &&
      descriptor.effects.read.includes(TOOLS_THAT_READ) && { effects: { ...descriptor.effects, read: reading } }),
    ...(typeof descriptor.idempotent === 'object' &&
      descriptor.idempotent.among.includes(TOOLS_IDEMPOTENT) && {
        idempotent: { ...descriptor.idempotent, among: idempotent },
      }),
  };
  return Object.keys(byTool).length === 0 ? definition : { ...definition, descriptor: { ...descriptor, ...byTool } };
}

/** A validator of a plugin's own may throw; a config that it cannot judge is none to run with. */
function problemFrom(check: ConfigCheck, config: JsonObject): string | null {
  try {
    return check(config);
  } catch (error) {
    return `config cannot be checked: ${String(error)}`;
  }
}
