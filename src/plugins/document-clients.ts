import type { StepInvocation } from '#plugin-host';
import type { DocumentClient } from '#plugin-sdk';

/** Where steps get the documents of their tenant from. */
export abstract class DocumentClients {
  abstract for(step: StepInvocation): DocumentClient;
}
