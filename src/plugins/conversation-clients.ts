import type { StepInvocation } from '#plugin-host';
import type { ConversationClient } from '#plugin-sdk';

/** Where steps get their conversation from. */
export abstract class ConversationClients {
  abstract for(step: StepInvocation): ConversationClient;
}
