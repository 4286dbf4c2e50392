import type { Graph, PublishedState } from '#engine';

export interface Claim {
  readonly tenant: string;
  /** UUID without prefix. */
  readonly definitionId: string;
  /** What is to be live. */
  readonly graph: Graph;
}

/** What those who write definitions ask of, and tell, those who keep their triggers. */
export abstract class TriggerClaims {
  /** Does `act` while nobody else takes an address. Refused with `hook_path_taken` where another active definition has that of this graph. */
  abstract holding<T>(claim: Claim, act: () => Promise<T>): Promise<T>;
  /** Written: what it means for triggers is so when this resolves. */
  abstract told(tenant: string, definitionId: string, state: PublishedState): Promise<void>;
}

/** Where there are no triggers: nothing is taken, nobody listens. */
export const noTriggers: TriggerClaims = {
  holding: (_claim, act) => act(),
  told: () => Promise.resolve(),
};
