import { Refusal } from '../execution/refusal.js';

/** Facts about one secret. Its value is sealed: whoever reads the log learns its name and its hosts. */
export type SecretEvent =
  | { readonly type: 'SecretSet'; readonly data: SecretSet }
  | { readonly type: 'SecretDeleted'; readonly data: { readonly by: string } };

export interface SecretSet {
  readonly name: string;
  /** Where it may be sent: `api.example.com`, `api.example.com:8443`, `*.example.com`. */
  readonly hosts: readonly string[];
  readonly owner: string;
  readonly value: SealedValue;
}

/** AES-256-GCM, each part in base64. The key is derived from the server's own secret and the salt. */
export interface SealedValue {
  readonly salt: string;
  readonly iv: string;
  readonly data: string;
  readonly tag: string;
}

export type SecretState =
  | { readonly status: 'unknown' }
  | (SecretSet & { readonly status: 'set' | 'deleted'; readonly created_at: string; readonly updated_at: string });

export type SecretCommand =
  | { readonly type: 'Create'; readonly set: SecretSet }
  | { readonly type: 'Replace'; readonly set: SecretSet }
  | { readonly type: 'Delete'; readonly by: string };

export const unknownSecret: SecretState = { status: 'unknown' };

/**
 * 1. A name is taken once; a deleted one is free again.
 * 2. Replacing gives it another value and other hosts; who owns it stays.
 */
export function decideSecret(state: SecretState, command: SecretCommand): readonly SecretEvent[] {
  switch (command.type) {
    case 'Create':
      if (state.status === 'set')
        throw new Refusal('secret_exists', `There is a secret "${command.set.name}" already. Replace it with PUT.`); // rule 1
      return [{ type: 'SecretSet', data: command.set }];
    case 'Replace':
      return [{ type: 'SecretSet', data: { ...command.set, owner: known(state).owner } }]; // rule 2
    case 'Delete':
      known(state);
      return [{ type: 'SecretDeleted', data: { by: command.by } }];
  }
}

function known(state: SecretState) {
  if (state.status === 'set') return state;
  throw new Refusal('secret_not_found', 'There is no such secret.');
}

export function evolveSecret(state: SecretState, event: SecretEvent, at: string): SecretState {
  if (event.type === 'SecretDeleted')
    return state.status === 'unknown' ? state : { ...state, status: 'deleted', updated_at: at };
  const created_at = state.status === 'set' ? state.created_at : at;
  return { ...event.data, status: 'set', created_at, updated_at: at };
}
