import { randomUUID } from 'node:crypto';
import { hash as hashPassword, verify as verifyPassword } from '@node-rs/argon2';
import {
  decideAccount,
  eventSchemas,
  evolveAccount,
  noAccount,
  type AccountCommand,
  type AccountEvent,
  type AccountState,
  type ApiKey,
} from '#engine';
import { accountStream, eventOf, idOf, UnreadableEvent } from '#event-store';
import type { Actor, EventStore, RecordedEvent } from '#event-store';
import { DecidedStreams } from '../database/decided-streams.js';
import { hashOf, isApiKey, makeApiKey } from './api-key.js';
import type { Credential } from './credential.js';

interface Account {
  readonly id: string;
  readonly tenant: string;
  state: AccountState;
  /** Of the last event that is in it. */
  revision: bigint;
}

export interface KeyWish {
  /** A UUID. Default: a new one. */
  readonly id?: string;
  readonly name: string;
  readonly scopes: readonly string[];
  /** Null: never. */
  readonly expiresAt: string | null;
}

export interface NewUser {
  /** A UUID. */
  readonly id: string;
  readonly tenant: string;
  readonly email: string;
  readonly password: string;
  readonly roles: readonly string[];
  readonly keyName: string;
}

const argon2id = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Users, their keys and sessions: folded from their streams at the start, and kept beside each append since. */
export class Accounts {
  private readonly streams: DecidedStreams<AccountState, AccountCommand, AccountEvent>;
  private readonly byId = new Map<string, Account>();
  private readonly byEmail = new Map<string, Account>();
  /** Ids of accounts that cannot be read. */
  private readonly shut = new Set<string>();
  private readonly byKey = new Map<string, { account: Account; key: ApiKey }>();

  constructor(
    private readonly store: EventStore,
    private readonly onLost: (error: unknown) => void = () => undefined,
  ) {
    this.streams = new DecidedStreams(store, {
      streamOf: accountStream,
      initial: noAccount,
      decide: decideAccount,
      evolve: evolveAccount,
    });
  }

  async load(): Promise<void> {
    for await (const event of this.store.readAll({ categories: ['account'] })) this.heard(event);
  }

  /**
   * An event that may be another process's. One that is known already changes nothing. Where it cannot be read, its account is let
   * in no more: that may be just what it says.
   */
  heard(recorded: RecordedEvent): void {
    const { stream, revision, envelope } = recorded;
    const id = idOf(stream);
    const known = this.byId.get(id) ?? { id, tenant: envelope.tenant, state: noAccount, revision: -1n };
    if (revision <= known.revision || this.shut.has(id)) return;
    try {
      const event = eventOf<AccountEvent>(recorded, eventSchemas);
      this.keep(known, evolveAccount(known.state, event, envelope.at), revision);
    } catch (error) {
      if (!(error instanceof UnreadableEvent)) throw error;
      this.shutOut(known, error);
    }
  }

  get isEmpty(): boolean {
    return this.byId.size + this.shut.size === 0;
  }

  ofEmail(email: string): Account | undefined {
    return this.byEmail.get(email.toLowerCase());
  }

  ofId(subject: string): Account | undefined {
    return this.byId.get(subject.replace(/^usr_/, ''));
  }

  /** What else a subject is known by: its e-mail address. */
  namesOf(subject: string): readonly string[] {
    const email = this.ofId(subject)?.state.email;
    return email ? [email] : [];
  }

  /** A user, with a first API key that may do all that the user may: both are there, or neither. */
  async createUser(wish: NewUser, by: Actor): Promise<{ readonly account: Account; readonly apiKey: string }> {
    const passwordHash = await oneOfTwo(() => hashPassword(wish.password, argon2id));
    const { apiKey, facts } = newKey({ name: wish.keyName, scopes: scopesOf(wish.roles), expiresAt: null });
    const { id, tenant, roles } = wish;
    const email = wish.email.toLowerCase();
    const account = await this.tell(
      { id, tenant, state: noAccount, revision: -1n },
      { type: 'CreateUser', email, passwordHash, roles, key: facts },
      by,
    );
    return { account, apiKey };
  }

  /** On the record, but not on the way of the answer: how long that takes must not tell whether there is such a user. */
  noteRefusal(account: Account): void {
    const actor: Actor = { sub: `usr_${account.id}`, via: 'session' };
    this.tell(account, { type: 'RefuseSignIn' }, actor).catch(this.onLost);
  }

  async changePassword(account: Account, password: string, keep: string | null, by: Actor): Promise<void> {
    const passwordHash = await oneOfTwo(() => hashPassword(password, argon2id));
    await this.tell(account, { type: 'ChangePassword', passwordHash, keep }, by);
  }

  /** Takes as long for an unknown user as for a wrong password. */
  async isPassword(account: Account | undefined, password: string): Promise<boolean> {
    const stored = account?.state.passwordHash ?? (await someHash());
    const right = await oneOfTwo(() => verifyPassword(stored, password));
    return right && account !== undefined;
  }

  /** `key` is null where a wish of the same id has made it before: what it is was told then. */
  async createKey(
    account: Account,
    wish: KeyWish & { readonly held: readonly string[] },
    by: Actor,
  ): Promise<{ readonly key: string | null; readonly facts: ApiKey }> {
    const { apiKey, facts } = newKey(wish);
    await this.tell(account, { type: 'CreateApiKey', key: facts, held: wish.held }, by);
    const kept = account.state.keys.find(({ key_id }) => key_id === facts.key_id)!;
    return { key: kept.key_hash === facts.key_hash ? apiKey : null, facts: kept };
  }

  async tell(account: Account, command: AccountCommand, actor: Actor): Promise<Account> {
    const { state, revision } = await this.streams.tell(account.id, command, { tenant: account.tenant, actor });
    if (revision > account.revision) this.keep(account, state, revision);
    return account;
  }

  /** A cheap look-up: one hash, no disk. */
  ofKey(token: string, now: number): Credential | null {
    if (!isApiKey(token)) return null;
    const known = this.byKey.get(hashOf(token));
    if (!known) return null;
    const { account, key } = known;
    if (key.expires_at !== null && Date.parse(key.expires_at) <= now) return null;
    return { sub: `usr_${account.id}`, tenant: account.tenant, via: 'api_key', scopes: key.scopes, sessionId: null };
  }

  /** What a subject may do, whoever acts for it; null: there is no such user in this tenant. */
  rightsOf(subject: string, tenant: string): readonly string[] | null {
    const account = this.ofId(subject);
    return account?.tenant === tenant ? scopesOf(account.state.roles) : null;
  }

  /** While the session lasts: a logout ends it for access tokens too. */
  ofSession(subject: string, sessionId: string): Credential | null {
    const account = this.ofId(subject);
    if (!account?.state.sessions.some(({ session_id }) => session_id === sessionId)) return null;
    return { sub: subject, tenant: account.tenant, via: 'session', scopes: scopesOf(account.state.roles), sessionId };
  }

  private shutOut({ id, state }: Account, error: UnreadableEvent): void {
    this.shut.add(id);
    this.byId.delete(id);
    if (state.email !== null) this.byEmail.delete(state.email);
    for (const key of state.keys) this.byKey.delete(key.key_hash);
    this.onLost(error);
  }

  private keep(account: Account, state: AccountState, revision: bigint): void {
    Object.assign(account, { state, revision });
    this.byId.set(account.id, account);
    if (account.state.email !== null) this.byEmail.set(account.state.email, account);
    for (const [hashed, { account: owner }] of this.byKey) if (owner === account) this.byKey.delete(hashed);
    for (const key of account.state.keys) this.byKey.set(key.key_hash, { account, key });
  }
}

const scopesOf = (roles: readonly string[]): readonly string[] => (roles.includes('admin') ? ['*'] : []);

function newKey({ id = randomUUID(), name, scopes, expiresAt }: KeyWish) {
  const { key, keyHash, prefix } = makeApiKey();
  return { apiKey: key, facts: { key_id: id, name, key_hash: keyHash, prefix, scopes, expires_at: expiresAt } };
}

let unknownUsersHash: Promise<string> | undefined;
const someHash = (): Promise<string> => (unknownUsersHash ??= hashPassword('nobody', argon2id));

/** At most two at once: hashing a password takes 19 MiB and a core. */
const running: Promise<unknown>[] = [];
async function oneOfTwo<T>(work: () => Promise<T>): Promise<T> {
  while (running.length >= 2) await Promise.race(running);
  const under = work().finally(() => running.splice(running.indexOf(settled), 1));
  const settled = under.catch(() => undefined);
  running.push(settled);
  return under;
}
