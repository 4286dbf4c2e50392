import { holds } from '#engine';
import type { Caller, CheckBounds } from '#runtime';
import type { SentGraph, ValidationResult, WorkflowValidator } from '#validation';
import type { Credential } from '../auth/credential.js';

/** Names of the secrets of a tenant. */
export interface SecretNames {
  list(tenant: string): readonly { readonly name: string }[];
}

/**
 * The validator, asked for somebody. It says the same when a graph is saved, checked and executed.
 *
 * 1. A graph of the caller's own uses secrets by the caller's right; one that is published may be run by whoever may run.
 * 2. A secret is missed where the caller's tenant has none of its name.
 */
export class CallerValidator {
  constructor(
    private readonly validator: WorkflowValidator,
    private readonly secrets: SecretNames,
  ) {}

  /** What has not been published, or is being published now. */
  own(sent: SentGraph, caller: Caller, context: string, bounds: Partial<CheckBounds> = {}): ValidationResult {
    return this.validate(sent, caller, context, { ...bounds, mayUseSecrets: mayUseSecrets(caller) }); // rule 1
  }

  published(graph: SentGraph, caller: Caller, context: string, bounds: Partial<CheckBounds> = {}): ValidationResult {
    return this.validate(graph, caller, context, bounds);
  }

  /** Whatever may change between two answers about one graph: the server's models and tools, and the tenant's secrets. */
  markFor({ tenant }: Caller): string {
    return `${tenant} ${this.validator.factsMark()} ${this.secretNames(tenant).join()}`;
  }

  private validate(
    sent: SentGraph,
    caller: Caller,
    context: string,
    bounds: Parameters<WorkflowValidator['validate']>[3],
  ): ValidationResult {
    return this.validator.validate(sent, caller.sub, context, { ...bounds, secrets: this.secretNames(caller.tenant) }); // rule 2
  }

  private secretNames(tenant: string): readonly string[] {
    return this.secrets.list(tenant).map(({ name }) => name);
  }
}

const mayUseSecrets = (caller: Caller): boolean => {
  const { scopes } = caller as Partial<Credential>;
  return scopes === undefined || holds(scopes, 'secrets:use');
};
