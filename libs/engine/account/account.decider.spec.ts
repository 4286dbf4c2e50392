import { describe, expect, it } from '@jest/globals';
import { Refusal } from '../execution/refusal.js';
import {
  decideAccount,
  evolveAccount,
  holds,
  noAccount,
  type AccountCommand,
  type AccountEvent,
  type ApiKeyFacts,
  type SessionFacts,
} from './account.decider.js';

const noon = '2026-01-01T12:00:00.000Z';
const tomorrow = '2026-01-02T12:00:00.000Z';

const created: AccountEvent = {
  type: 'UserCreated',
  data: { email: 'ada@localhost', password_hash: 'h1', roles: ['admin'] },
};
const key: ApiKeyFacts = {
  key_id: 'k1',
  name: 'billing',
  key_hash: 'x',
  prefix: 'chk_abcdef',
  scopes: ['executions:run'],
  expires_at: null,
};
const keyMade: AccountEvent = { type: 'ApiKeyCreated', data: key };
const session = (session_id: string, refresh_hash = `${session_id}-1`, expires_at = tomorrow): SessionFacts => ({
  session_id,
  refresh_hash,
  expires_at,
});
const signedIn = (...of: Parameters<typeof session>): AccountEvent => ({ type: 'SignedIn', data: session(...of) });

const given = (...history: readonly AccountEvent[]) => {
  const state = history.reduce((before, event) => evolveAccount(before, event, noon), noAccount);
  return {
    state,
    when: (command: AccountCommand) => ({
      then: (...events: readonly AccountEvent[]) => expect(decideAccount(state, command)).toEqual(events),
      isRefused: (code: string) =>
        expect(() => decideAccount(state, command)).toThrow(expect.objectContaining({ code, constructor: Refusal })),
    }),
  };
};

describe('A user', () => {
  const wish = { type: 'CreateUser', email: 'ada@localhost', passwordHash: 'h1', roles: ['admin'] } as const;

  it('is made once', () => {
    given().when(wish).then(created);
    given(created).when(wish).isRefused('user_exists');
  });

  it('is made together with a first key', () => {
    given()
      .when({ ...wish, key })
      .then(created, keyMade);
  });

  it('has what happened to it', () => {
    const { state } = given(created, keyMade, signedIn('s1'));
    expect(state).toEqual({
      email: 'ada@localhost',
      passwordHash: 'h1',
      roles: ['admin'],
      createdAt: noon,
      keys: [{ ...key, created_at: noon }],
      sessions: [session('s1')],
    });
  });
});

describe('An API key', () => {
  const wish = (of: ApiKeyFacts, ...held: string[]): AccountCommand => ({ type: 'CreateApiKey', key: of, held });

  it('gets rights that its maker holds (rule 1)', () => {
    given(created)
      .when(wish(key, 'executions:run', 'executions:read'))
      .then(keyMade);
    given(created).when(wish(key, '*')).then(keyMade);
    given(created).when(wish(key, 'executions:read')).isRefused('scope_not_held');
    given(created)
      .when(wish({ ...key, scopes: ['*'] }, 'executions:run'))
      .isRefused('scope_not_held');
  });

  it('is made once for one wish, and another wish under its id is refused (rule 5)', () => {
    given(created, keyMade)
      .when(wish({ ...key, key_hash: 'another secret' }, '*'))
      .then();
    for (const other of [{ name: 'other' }, { scopes: ['*'] }, { expires_at: tomorrow }]) {
      given(created, keyMade)
        .when(wish({ ...key, ...other }, '*'))
        .isRefused('idempotency_key_reused');
    }
  });

  it('is revoked, and then unknown', () => {
    const revoked: AccountEvent = { type: 'ApiKeyRevoked', data: { key_id: 'k1' } };
    given(created, keyMade)
      .when({ type: 'RevokeApiKey', keyId: 'k1', held: ['*'] })
      .then(revoked);
    given(created, keyMade, revoked)
      .when({ type: 'RevokeApiKey', keyId: 'k1', held: ['*'] })
      .isRefused('api_key_not_found');
    expect(given(created, keyMade, revoked).state.keys).toEqual([]);
  });

  it('is not revoked by who holds less than it', () => {
    given(created, keyMade).when({ type: 'RevokeApiKey', keyId: 'k1', held: [] }).isRefused('scope_not_held');
  });

  it('holds a right by its name or by the star', () => {
    expect([holds(['*'], 'a'), holds(['a'], 'a'), holds(['a'], 'b'), holds([], 'a')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('A session', () => {
  const next = { refresh_hash: 's1-2', expires_at: tomorrow };
  const refresh = (refreshHash: string, at = noon): AccountCommand => ({
    type: 'Refresh',
    sessionId: 's1',
    refreshHash,
    next,
    at,
  });
  const refreshed: AccountEvent = { type: 'SessionRefreshed', data: { ...next, session_id: 's1' } };
  const ended = (session_id: string, reason: 'logout' | 'token_reused' | 'password_changed'): AccountEvent => ({
    type: 'SignedOut',
    data: { session_id, reason },
  });

  it('begins with a sign-in, which lets expired ones go', () => {
    given(created)
      .when({ type: 'SignIn', session: session('s1') })
      .then(signedIn('s1'));
    expect(given(created, signedIn('s0', 'r', '2025-12-31T00:00:00.000Z'), signedIn('s1')).state.sessions).toEqual([
      session('s1'),
    ]);
  });

  it('goes on with its refresh token, which works once (rule 2)', () => {
    given(created, signedIn('s1')).when(refresh('s1-1')).then(refreshed);
    given(created, signedIn('s1'), refreshed).when(refresh('s1-1')).then(ended('s1', 'token_reused'));
    expect(given(created, signedIn('s1'), signedIn('s2'), refreshed).state.sessions).toEqual([
      session('s1', 's1-2'),
      session('s2'),
    ]);
  });

  it('does not go on when it is over or unknown', () => {
    given(created).when(refresh('s1-1')).then();
    given(created, signedIn('s1')).when(refresh('s1-1', tomorrow)).then();
  });

  it('ends for who shows its refresh token, and for nobody else (rule 4)', () => {
    given(created, signedIn('s1'), signedIn('s2'))
      .when({ type: 'SignOut', sessionId: 's1', refreshHash: 's1-1' })
      .then(ended('s1', 'logout'));
    given(created, signedIn('s1')).when({ type: 'SignOut', sessionId: 's1', refreshHash: 'guessed' }).then();
    given(created, signedIn('s1'), ended('s1', 'logout'))
      .when({ type: 'SignOut', sessionId: 's1', refreshHash: 's1-1' })
      .then();
  });

  it('ends when the password changes, but for the one that changed it (rule 3)', () => {
    const changed: AccountEvent = { type: 'PasswordChanged', data: { password_hash: 'h2' } };
    given(created, signedIn('s1'), signedIn('s2'))
      .when({ type: 'ChangePassword', passwordHash: 'h2', keep: 's1' })
      .then(changed, ended('s2', 'password_changed'));
    expect(given(created, changed).state.passwordHash).toBe('h2');
  });

  it('that was refused is on the record and changes nothing', () => {
    const refused: AccountEvent = { type: 'SignInRefused', data: { reason: 'wrong_password' } };
    given(created).when({ type: 'RefuseSignIn' }).then(refused);
    expect(given(created, refused).state).toEqual(given(created).state);
  });
});
