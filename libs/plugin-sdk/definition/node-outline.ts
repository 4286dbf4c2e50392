import type {
  ConfigFinding,
  Consent,
  EffectsRule,
  IdempotentRule,
  NodeAliases,
  NodeCategory,
  NodeDescriptor,
  NodeKind,
  PortRule,
  ResolvedConfig,
} from '../descriptor.js';
import type { JsonSchema } from '../json.js';

/** What an author writes about a node type: the descriptor, with everything that has a default left to it. */
export interface NodeOutline {
  /** Snake case, unique together with `version`: `http_request`. */
  readonly type: string;
  /** From 1. Default 1. */
  readonly version?: number;
  readonly label: string;
  readonly description?: string;
  readonly category: NodeCategory;
  readonly icon?: string;
  readonly color?: string;
  readonly effects: EffectsRule;
  /** Ways out, in order, without `error`. `[]`: the node is an end, and its result says the port `end`. */
  readonly ports: readonly PortRule[];
  /** Default false. */
  readonly idempotent?: IdempotentRule;
  readonly entry?: 'start' | 'trigger';
  /** Default false. */
  readonly terminal?: boolean;
  readonly bodyPort?: string;
  readonly consent?: Consent;
  readonly textAt?: string;
  /** Default false. */
  readonly streams?: boolean;
  /** Default true. */
  readonly canBeDisabled?: boolean;
  readonly aliases?: Partial<NodeAliases>;
  readonly deprecated?: { readonly successor: string };
}

/** Cross-field rules over the literal config; texts that hold expressions are given as they stand. */
export type CrossFieldRules = (config: ResolvedConfig) => readonly ConfigFinding[];

/** The descriptor that an outline stands for. Fields' own aliases come on top of the outline's. */
export function descriptorOf<K extends NodeKind>(
  outline: NodeOutline,
  kind: K,
  configSchema: JsonSchema,
): NodeDescriptor & { readonly kind: K } {
  const { icon, color, entry, bodyPort, consent, textAt, deprecated, aliases } = outline;
  return {
    type: outline.type,
    version: outline.version ?? 1,
    kind,
    label: outline.label,
    description: outline.description ?? '',
    category: outline.category,
    ...(icon !== undefined && { icon }),
    ...(color !== undefined && { color }),
    ports: outline.ports,
    effects: outline.effects,
    idempotent: outline.idempotent ?? false,
    ...(entry !== undefined && { entry }),
    terminal: outline.terminal ?? false,
    ...(bodyPort !== undefined && { bodyPort }),
    ...(consent !== undefined && { consent }),
    ...(textAt !== undefined && { textAt }),
    streams: outline.streams ?? false,
    canBeDisabled: outline.canBeDisabled ?? true,
    configSchema,
    aliases: {
      types: aliases?.types ?? [],
      config: { ...aliasesOfFields(configSchema), ...aliases?.config },
      handles: aliases?.handles ?? {},
    },
    ...(deprecated !== undefined && { deprecated }),
  };
}

function aliasesOfFields(schema: JsonSchema): Record<string, string> {
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>;
  return Object.fromEntries(
    Object.entries(properties).flatMap(([key, property]) =>
      ((property['x-aliases'] ?? []) as readonly string[]).map((old): [string, string] => [old, key]),
    ),
  );
}
