import type { Graph } from '#engine';
import type { JsonObject } from '#plugin-sdk';
import { GraphCheck, type Caller, type CheckBounds, type CheckedGraph } from '#runtime';
import type { ValidationResult } from '#validation';
import { Problem, type ProblemItem } from '../http/problem.js';
import type { CallerValidator } from './caller-validator.js';

const kept = 500;

/** The validator as the engine asks it. What was published is checked once for each digest, while nothing changes around it. */
export class ValidatorCheck extends GraphCheck {
  private readonly checked = new Map<string, { readonly mark: string; readonly answer: CheckedGraph }>();

  constructor(private readonly validator: CallerValidator) {
    super();
  }

  override raw(nodes: unknown, edges: unknown, caller: Caller, bounds?: CheckBounds): CheckedGraph {
    const result = this.validator.own({ nodes: nodes ?? [], edges: edges ?? [] }, caller, 'execute', bounds);
    refuseMalformed(result);
    return asChecked(result);
  }

  override published(graph: Graph, digest: string, caller: Caller, bounds?: CheckBounds): CheckedGraph {
    const key = `${caller.tenant} ${bounds?.definitionId ?? ''} ${digest}`;
    const mark = this.validator.markFor(caller);
    const known = bounds?.allowedTools ? undefined : this.checked.get(key);
    if (known?.mark === mark) return known.answer;
    const { nodes, edges } = graph;
    const answer = { ...asChecked(this.validator.published({ nodes, edges }, caller, 'execute', bounds)), graph };
    if (bounds?.allowedTools) return answer; // of this request only
    if (this.checked.size >= kept) this.checked.delete(this.checked.keys().next().value!);
    this.checked.set(key, { mark, answer });
    return answer;
  }
}

/** What no graph can say is no finding about one: nothing is recorded or saved, and the answer is 400. */
export function refuseMalformed({ malformed }: ValidationResult): void {
  if (malformed.length === 0) return;
  const errors = malformed.map(({ path, message }) => ({
    rule: 'structure.malformed',
    message,
    path,
    severity: 'error' as const,
  }));
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  throw new Problem('invalid_request', `This is no graph: ${errors[0]!.message}${more}`, {
    errors: errors.slice(0, mostNamed),
  });
}

/** What a graph may not be saved with. */
export function invalid(errors: readonly { readonly message: string }[]): Problem {
  const first = errors[0]?.message ?? 'It is not a graph.';
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return new Problem('definition_invalid', `Nothing was saved: ${first}${more}`, {
    errors: errors as unknown as readonly ProblemItem[],
  });
}

const mostNamed = 100;

function asChecked(result: ValidationResult): CheckedGraph {
  const { errors, warnings } = result.toApiResponse();
  return {
    graph: result.graph,
    errors: errors as unknown as JsonObject[],
    warnings: warnings as unknown as JsonObject[],
  };
}
