import { readGraph, type Graph, type GraphNote, type GraphReading, type NodeTypes } from '#engine';
import type { JsonValue } from '#plugin-sdk';
import { analyseGraph, type GraphRequest } from './analysed-graph.js';
import { layerOf, layers, type Layer, type LayeredIssue, type ValidationIssue } from './issue.js';
import { defaultValidationLimits, lower, MOST_ISSUES, type ValidationLimits } from './limits.js';
import { issue } from './rule.js';
import { rules, sizeRules } from './rules.js';
import type { ServerFacts } from './server-facts.js';

/** A graph as it was sent, with whatever else is kept beside it. */
export interface SentGraph {
  readonly nodes?: unknown;
  readonly edges?: unknown;
  /** Name, description, tags, metadata: looked through for secrets. */
  readonly [key: string]: unknown;
}

export interface ValidatorOptions {
  /** Default: `defaultValidationLimits`. */
  readonly limits?: Partial<ValidationLimits>;
  /** Hosts that may be called besides public ones: host, host:port, *.host, CIDR. Left out, no host is judged. */
  readonly egressAllow?: readonly string[];
  /** Node types that are there but switched off. Default: none. */
  readonly disabledTypes?: Iterable<string>;
  /** What this server can do, asked at each check. Left out, nothing that depends on it is judged. */
  readonly facts?: () => ServerFacts;
}

/** What the request itself says about what it may do. */
export interface RequestBounds {
  /** `allowed_tools` of its config. */
  readonly allowedTools?: readonly string[] | null;
  /** `provider/model`, or `provider/*`. Left out or null: every model that there is. */
  readonly allowedModels?: readonly string[] | null;
  /** Whether who asks holds the right to use secrets. Default true. */
  readonly mayUseSecrets?: boolean;
  /** Names of the secrets that there are. Left out or null: nobody said, so none is missed. */
  readonly secrets?: readonly string[] | null;
  /** Whose version this is or becomes: its UUID, without prefix. */
  readonly definitionId?: string | null;
  /** What the tenant may at most. Of it and the server's limits the lower counts. */
  readonly quota?: Partial<ValidationLimits>;
}

/** What one layer found. A skipped layer was not looked at, and is not valid. */
export interface LayerAnswer {
  readonly valid: boolean;
  readonly skipped: boolean;
  readonly errors: readonly ValidationIssue[];
  readonly warnings: readonly ValidationIssue[];
}

/** The answer of `POST /workflows/definitions/validate`. */
export interface ValidationAnswer {
  readonly valid: boolean;
  /** The same, under its old name. */
  readonly is_valid: boolean;
  readonly validation: Readonly<Record<Layer, LayerAnswer>>;
  readonly errors: readonly LayeredIssue[];
  readonly warnings: readonly LayeredIssue[];
}

export class ValidationResult {
  constructor(
    /** Canonical, also when it has errors; null when it is malformed. */
    readonly graph: Graph | null,
    /** What no graph can say: answer 400 where that is the custom. Each is an error of the structure, too. */
    readonly malformed: readonly GraphNote[],
    private readonly issues: readonly ValidationIssue[],
    private readonly looked: ReadonlySet<Layer>,
  ) {}

  get valid(): boolean {
    return this.issues.every(({ severity }) => severity === 'warning');
  }

  toApiResponse(): ValidationAnswer {
    const layered = this.issues.map((one) => ({ ...one, layer: layerOf(one) }));
    return {
      valid: this.valid,
      is_valid: this.valid,
      validation: Object.fromEntries(layers.map((layer) => [layer, this.layer(layer)])) as Record<Layer, LayerAnswer>,
      errors: layered.filter(({ severity }) => severity === 'error'),
      warnings: layered.filter(({ severity }) => severity === 'warning'),
    };
  }

  private layer(layer: Layer): LayerAnswer {
    const own = this.issues.filter((one) => layerOf(one) === layer);
    const errors = own.filter(({ severity }) => severity === 'error');
    const skipped = !this.looked.has(layer);
    return {
      valid: !skipped && errors.length === 0,
      skipped,
      errors,
      warnings: own.filter(({ severity }) => severity === 'warning'),
    };
  }
}

/**
 * Checks graphs in four layers, and executes nothing. It never throws, whatever it is given.
 *
 * 1. What is malformed is reported, and nothing else is looked at.
 * 2. Sizes come first: over one of them the other layers are skipped, so that the answer is fast.
 * 3. All other rules are asked, each on its own: one that fails hides nothing from the next.
 */
export class WorkflowValidator {
  private readonly limits: ValidationLimits;
  private readonly egressAllow: readonly string[] | null;
  private readonly disabledTypes: ReadonlySet<string>;
  private readonly facts: (() => ServerFacts) | null;

  constructor(
    private readonly types: NodeTypes,
    { limits = {}, egressAllow, disabledTypes = [], facts }: ValidatorOptions = {},
  ) {
    this.limits = { ...defaultValidationLimits, ...limits };
    this.egressAllow = egressAllow ?? null;
    this.disabledTypes = new Set(disabledTypes);
    this.facts = facts ?? null;
  }

  /** Of a graph as it was sent. `user` and `context` say who asks and what for; today's rules are the same for all. */
  validate(data: SentGraph, _user?: string, _context?: string, bounds: RequestBounds = {}): ValidationResult {
    const { nodes, edges, ...beside } = data;
    const reading = readGraph(nodes, edges, this.types);
    return this.check(reading, beside as GraphRequest['beside'], bounds);
  }

  /** Of a graph that is canonical already. */
  validateGraph(graph: Graph): ValidationResult {
    return this.check({ graph, malformed: [], aliases: [], dropped: [] }, {}, {});
  }

  /** Changes when an answer about the same graph may. */
  factsMark(): string {
    const { providers, models, tools } = this.facts?.() ?? { providers: [], models: [], tools: [] };
    return JSON.stringify([
      providers,
      models.map(({ provider, model }) => `${provider}/${model}`),
      tools.map(({ name }) => name),
    ]);
  }

  private check(
    { graph, malformed, aliases }: GraphReading,
    beside: { readonly [key: string]: JsonValue },
    { allowedTools, allowedModels, mayUseSecrets = true, secrets, definitionId, quota = {} }: RequestBounds,
  ): ValidationResult {
    if (graph === null) {
      const issues = malformed.map((note) => issue('structure.malformed', note));
      return new ValidationResult(null, malformed, bounded(issues), new Set(['structure'])); // rule 1
    }
    const limits = lower(this.limits, quota);
    const sizes = sizeRules.flatMap((rule) => rule.check(graph, limits));
    if (sizes.some(({ severity }) => severity === 'error')) {
      return new ValidationResult(graph, [], bounded(sizes), new Set(['resource'])); // rule 2
    }
    const request = {
      aliases,
      beside,
      egressAllow: this.egressAllow,
      disabledTypes: this.disabledTypes,
      facts: this.facts?.() ?? null,
      allowedTools: allowedTools ? new Set(allowedTools) : null,
      allowedModels: allowedModels ?? null,
      mayUseSecrets,
      secrets: secrets ? new Set(secrets) : null,
      definitionId: definitionId ?? null,
    };
    const analysed = analyseGraph(graph, this.types, limits, request);
    const found = rules.flatMap((rule) => bounded(rule.check(analysed)));
    return new ValidationResult(graph, [], [...found, ...sizes], new Set(layers)); // rule 3
  }
}

/** So many and no more: nobody reads the rest, and an answer has a size. */
function bounded(issues: readonly ValidationIssue[]): readonly ValidationIssue[] {
  if (issues.length <= MOST_ISSUES) return issues;
  const last = issues[MOST_ISSUES - 1]!;
  const more = issues.length - MOST_ISSUES + 1;
  return [
    ...issues.slice(0, MOST_ISSUES - 1),
    { ...last, message: `${last.message} (And ${more - 1} more of this kind.)` },
  ];
}
