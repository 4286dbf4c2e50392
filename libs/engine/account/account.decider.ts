import { Refusal } from '../execution/refusal.js';

/** Facts about one account. Of passwords, keys and tokens only hashes. */
export type AccountEvent =
  | {
      readonly type: 'UserCreated';
      readonly data: { readonly email: string; readonly password_hash: string; readonly roles: readonly string[] };
    }
  | { readonly type: 'PasswordChanged'; readonly data: { readonly password_hash: string } }
  | { readonly type: 'ApiKeyCreated'; readonly data: ApiKeyFacts }
  | { readonly type: 'ApiKeyRevoked'; readonly data: { readonly key_id: string } }
  | { readonly type: 'SignedIn'; readonly data: SessionFacts }
  | { readonly type: 'SignInRefused'; readonly data: { readonly reason: 'wrong_password' } }
  | { readonly type: 'SessionRefreshed'; readonly data: SessionFacts }
  | {
      readonly type: 'SignedOut';
      readonly data: { readonly session_id: string; readonly reason: 'logout' | 'token_reused' | 'password_changed' };
    };

export interface ApiKeyFacts {
  readonly key_id: string;
  readonly name: string;
  readonly key_hash: string;
  readonly prefix: string;
  readonly scopes: readonly string[];
  readonly expires_at: string | null;
}

export interface SessionFacts {
  readonly session_id: string;
  readonly refresh_hash: string;
  readonly expires_at: string;
}

export interface ApiKey extends ApiKeyFacts {
  readonly created_at: string;
}

export interface AccountState {
  readonly email: string | null;
  readonly passwordHash: string;
  readonly roles: readonly string[];
  readonly createdAt: string;
  readonly keys: readonly ApiKey[];
  readonly sessions: readonly SessionFacts[];
}

export const noAccount: AccountState = {
  email: null,
  passwordHash: '',
  roles: [],
  createdAt: '',
  keys: [],
  sessions: [],
};

export type AccountCommand =
  | {
      readonly type: 'CreateUser';
      readonly email: string;
      readonly passwordHash: string;
      readonly roles: readonly string[];
      /** A first key, made with the account or not at all. */
      readonly key?: ApiKeyFacts;
    }
  | {
      readonly type: 'ChangePassword';
      readonly passwordHash: string;
      /** The session that goes on; the others end. */ readonly keep: string | null;
    }
  | { readonly type: 'CreateApiKey'; readonly key: ApiKeyFacts; readonly held: readonly string[] }
  | { readonly type: 'RevokeApiKey'; readonly keyId: string; readonly held: readonly string[] }
  | { readonly type: 'SignIn'; readonly session: SessionFacts }
  | {
      readonly type: 'Refresh';
      readonly refreshHash: string;
      readonly next: Omit<SessionFacts, 'session_id'>;
      readonly sessionId: string;
      readonly at: string;
    }
  | { readonly type: 'RefuseSignIn' }
  | {
      readonly type: 'SignOut';
      readonly sessionId: string;
      /** Of the refresh token that was shown. */ readonly refreshHash: string;
    };

export const holds = (held: readonly string[], scope: string): boolean => held.includes('*') || held.includes(scope);

/**
 * 1. A key gets no right that its maker does not hold, and is not revoked by who holds less than it.
 * 2. A refresh token works once. Presented again, somebody else has it: its session ends.
 * 3. A changed password ends every other session.
 * 4. Only who shows a session's own refresh token ends it. Twice is once.
 * 5. A key is made once: the same wish again makes no other, and another wish under its id is refused.
 */
export function decideAccount(state: AccountState, command: AccountCommand): readonly AccountEvent[] {
  switch (command.type) {
    case 'CreateUser':
      if (state.email !== null) throw new Refusal('user_exists', 'This account exists already.');
      return [
        {
          type: 'UserCreated',
          data: { email: command.email, password_hash: command.passwordHash, roles: command.roles },
        },
        ...(command.key ? [{ type: 'ApiKeyCreated' as const, data: command.key }] : []),
      ];
    case 'ChangePassword':
      return [
        { type: 'PasswordChanged', data: { password_hash: command.passwordHash } },
        ...state.sessions
          .filter(({ session_id }) => session_id !== command.keep)
          .map((session) => signedOut(session, 'password_changed')),
      ];
    case 'CreateApiKey': {
      const same = state.keys.find(({ key_id }) => key_id === command.key.key_id);
      if (same && isSameWish(same, command.key)) return []; // rule 5
      if (same)
        throw new Refusal(
          'idempotency_key_reused',
          'This Idempotency-Key has made another API key. Use a new one for a new wish.',
        );
      const beyond = command.key.scopes.filter((scope) => !holds(command.held, scope));
      if (beyond.length > 0)
        throw new Refusal('scope_not_held', `You cannot give a key rights that you do not hold: ${beyond.join(', ')}.`);
      return [{ type: 'ApiKeyCreated', data: command.key }];
    }
    case 'RevokeApiKey': {
      const key = state.keys.find(({ key_id }) => key_id === command.keyId);
      if (!key) throw new Refusal('api_key_not_found', `There is no API key key_${command.keyId}.`);
      const beyond = key.scopes.filter((scope) => !holds(command.held, scope));
      if (beyond.length > 0)
        throw new Refusal(
          'scope_not_held',
          `You cannot revoke a key with rights that you do not hold: ${beyond.join(', ')}.`,
        );
      return [{ type: 'ApiKeyRevoked', data: { key_id: command.keyId } }];
    }
    case 'SignIn':
      return [{ type: 'SignedIn', data: command.session }];
    case 'Refresh': {
      const session = state.sessions.find(({ session_id }) => session_id === command.sessionId);
      if (!session || session.expires_at <= command.at) return [];
      if (session.refresh_hash !== command.refreshHash) return [signedOut(session, 'token_reused')];
      return [{ type: 'SessionRefreshed', data: { ...command.next, session_id: session.session_id } }];
    }
    case 'RefuseSignIn':
      return [{ type: 'SignInRefused', data: { reason: 'wrong_password' } }];
    case 'SignOut':
      return state.sessions
        .filter(
          ({ session_id, refresh_hash }) => session_id === command.sessionId && refresh_hash === command.refreshHash,
        ) // rule 4
        .map((session) => signedOut(session, 'logout'));
  }
}

const isSameWish = (left: ApiKeyFacts, right: ApiKeyFacts): boolean =>
  left.name === right.name && left.expires_at === right.expires_at && left.scopes.join() === right.scopes.join();

const signedOut = (
  { session_id }: SessionFacts,
  reason: 'logout' | 'token_reused' | 'password_changed',
): AccountEvent => ({
  type: 'SignedOut',
  data: { reason, session_id },
});

export function evolveAccount(state: AccountState, event: AccountEvent, at: string): AccountState {
  switch (event.type) {
    case 'UserCreated':
      return {
        ...state,
        email: event.data.email,
        passwordHash: event.data.password_hash,
        roles: event.data.roles,
        createdAt: at,
      };
    case 'PasswordChanged':
      return { ...state, passwordHash: event.data.password_hash };
    case 'ApiKeyCreated':
      return { ...state, keys: [...state.keys, { ...event.data, created_at: at }] };
    case 'ApiKeyRevoked':
      return { ...state, keys: state.keys.filter(({ key_id }) => key_id !== event.data.key_id) };
    case 'SignInRefused':
      return state;
    case 'SignedIn':
      return { ...state, sessions: [...state.sessions.filter(({ expires_at }) => expires_at > at), event.data] };
    case 'SessionRefreshed':
      return {
        ...state,
        sessions: state.sessions.map((session) =>
          session.session_id === event.data.session_id ? event.data : session,
        ),
      };
    case 'SignedOut':
      return { ...state, sessions: state.sessions.filter(({ session_id }) => session_id !== event.data.session_id) };
  }
}
