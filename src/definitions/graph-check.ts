import type { Graph } from '#engine';
import type { JsonObject } from '#plugin-sdk';
import { GraphCheck, type Caller, type CheckedGraph } from '#runtime';
import type { WorkflowValidator } from '#validation';

const kept = 500;

/** The validator as the engine asks it. What was published is checked once for each digest. */
export class ValidatorCheck extends GraphCheck {
  private readonly checked = new Map<string, CheckedGraph>();

  constructor(private readonly validator: WorkflowValidator) {
    super();
  }

  override raw(nodes: unknown, edges: unknown, caller: Caller): CheckedGraph {
    return asChecked(this.validator.validate({ nodes: nodes ?? [], edges: edges ?? [] }, caller.sub, 'execute'));
  }

  override published(graph: Graph, digest: string, caller: Caller): CheckedGraph {
    const known = this.checked.get(digest);
    if (known) return known;
    const answer = { ...asChecked(this.validator.validate({ nodes: graph.nodes, edges: graph.edges }, caller.sub, 'execute')), graph };
    if (this.checked.size >= kept) this.checked.delete(this.checked.keys().next().value!);
    this.checked.set(digest, answer);
    return answer;
  }
}

function asChecked(result: ReturnType<WorkflowValidator['validate']>): CheckedGraph {
  const { errors, warnings } = result.toApiResponse();
  return { graph: result.graph, errors: errors as unknown as JsonObject[], warnings: warnings as unknown as JsonObject[] };
}
