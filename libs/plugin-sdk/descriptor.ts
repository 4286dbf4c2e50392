import type { JsonObject, JsonSchema, JsonValue } from './json.js';

/** The four ways a node can behave. The engine knows these, and no node type by name. */
export type NodeKind = 'task' | 'scope' | 'join' | 'wait';

/** What a step does to the world: nothing, looks, changes, or lets time pass. */
export type Effects = 'none' | 'read' | 'write' | 'wait';

/**
 * Effects as data: a fixed word, or decided by one literal value of the config, found by JSON pointer.
 * An expression at that place counts as `write`, since nobody can know it before it is resolved.
 */
export type EffectsRule = Effects | EffectsByConfig;
export interface EffectsByConfig {
  readonly by: string;
  readonly read: readonly JsonValue[];
  /** A second pointer: a literal `true` there makes the step a read, whatever `by` says. */
  readonly readIf?: string;
  readonly else: 'write';
}

/** Whether the target honours the idempotency key: always, never, or for these values of the literal config. */
export type IdempotentRule = boolean | IdempotentByConfig;
export interface IdempotentByConfig {
  readonly by: string;
  readonly among: readonly JsonValue[];
}

/**
 * In the place of a list of names: the server fills in its own tools. `$tools.read` are those that change nothing,
 * `$tools.idempotent` those that honour the key.
 */
export const TOOLS_THAT_READ = '$tools.read';
export const TOOLS_IDEMPOTENT = '$tools.idempotent';

/**
 * A port by name; one port for each value that a pointer with one `*` finds in the literal config; or a port that is
 * there only while what a pointer finds there is this value (which stands there: a default is none).
 */
export type PortRule =
  | string
  | { readonly from: string }
  | { readonly name: string; readonly if: string; readonly is: string | number | boolean };

/** A port that is left by when people agreed, unless a pointer into the literal config finds this value there. */
export interface Consent {
  readonly port: string;
  readonly unless?: { readonly at: string; readonly is: JsonValue };
}

/**
 * The one description of a node type. Editor, API, validator and engine all read this and nothing else.
 * It is plain data: what the node *does* is in `NodeDefinition`.
 */
export interface NodeDescriptor {
  /** Snake case, unique together with `version`: `http_request`. */
  readonly type: string;
  readonly version: number;
  readonly kind: NodeKind;
  readonly label: string;
  readonly description: string;
  readonly category: NodeCategory;
  readonly icon?: string;
  readonly color?: string;
  /** Ways out, in order. Every type also has `error`, which is never listed. `in`, `back`, `error` are taken names. */
  readonly ports: readonly PortRule[];
  readonly effects: EffectsRule;
  /** The target honours the idempotency key, so an uncertain attempt may be repeated. Default false. */
  readonly idempotent: IdempotentRule;
  /** May stand without in-edges as where an execution begins. */
  readonly entry?: 'start' | 'trigger';
  /** A step of this type is an end of the execution; its result may `stop` the rest. */
  readonly terminal: boolean;
  /** Scopes only: the port through which the body is entered. */
  readonly bodyPort?: string;
  /** Asks people: what leaves here by this port, they agreed to. */
  readonly consent?: Consent;
  /** JSON pointer into the output at which the text of this type's answer stands (`/text` of a model). */
  readonly textAt?: string;
  /** Emits token previews while it runs. */
  readonly streams: boolean;
  /** May be switched off with `data.enabled: false`. Control nodes may not. */
  readonly canBeDisabled: boolean;
  /** JSON Schema (object) of the *resolved* config. Leaves carry `x-expression: false`, `x-condition: true`, `x-secret: true`, `x-aliases: [...]`. */
  readonly configSchema: JsonSchema;
  /** Other names that old graphs use for this type, its config keys and its handles. */
  readonly aliases: NodeAliases;
  readonly deprecated?: { readonly successor: string };
}

export type NodeCategory = 'control' | 'data' | 'model' | 'integration' | 'time' | 'human' | 'trigger';

export interface NodeAliases {
  readonly types: readonly string[];
  /** Old config key → today's. */
  readonly config: Readonly<Record<string, string>>;
  /** Old handle → today's port. */
  readonly handles: Readonly<Record<string, string>>;
}

/** A finding of a node type's own cross-field rule. `path` is a JSON pointer into the config. */
export interface ConfigFinding {
  readonly path: string;
  readonly message: string;
  readonly severity?: 'error' | 'warning';
}

/** Config as it stands once every expression in it has been resolved. */
export type ResolvedConfig = JsonObject;
