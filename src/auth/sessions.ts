import { randomBytes, randomUUID } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { Problem } from '../http/problem.js';
import type { Accounts } from './accounts.js';
import { hashOf } from './api-key.js';
import type { Credential } from './credential.js';
import { SignInDelays } from './sign-in-delays.js';

const accessSeconds = 15 * 60;
const refreshMs = 30 * 24 * 60 * 60 * 1_000;
const issuer = 'chatter';

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly token_type: 'Bearer';
  /** Seconds. */
  readonly expires_in: number;
}

/** Signing in and staying so: short access tokens, refresh tokens that work once, a logout that counts at once. */
export class Sessions {
  private readonly key: Uint8Array;
  private readonly delays: SignInDelays;

  constructor(
    private readonly accounts: Accounts,
    secret: string,
    private readonly now: () => number = Date.now,
  ) {
    this.key = new TextEncoder().encode(secret);
    this.delays = new SignInDelays(now);
  }

  async signIn(email: string, password: string, address: string): Promise<Tokens> {
    const wait = this.delays.wait(email, address);
    if (wait > 0) {
      const seconds = Math.ceil(wait / 1_000);
      throw new Problem('too_many_attempts', `Too many attempts failed. Try again in ${seconds} s.`, {
        retryAfterS: seconds,
      });
    }
    this.delays.failed(email, address); // until it is known to be right: tries at the same moment count, too
    const account = this.accounts.ofEmail(email);
    if (!(await this.accounts.isPassword(account, password)) || !account) {
      if (account) this.accounts.noteRefusal(account);
      throw new Problem('invalid_credentials', 'The e-mail address or the password is wrong.');
    }
    this.delays.succeeded(email, address);
    const sessionId = randomUUID();
    const { token, facts } = this.refreshToken(account.id, sessionId);
    await this.accounts.tell(
      account,
      { type: 'SignIn', session: { ...facts, session_id: sessionId } },
      { sub: `usr_${account.id}`, via: 'session' },
    );
    return this.tokens(account.id, sessionId, token);
  }

  async refresh(token: string): Promise<Tokens> {
    const [accountId = '', sessionId = ''] = token.split('.');
    const account = this.accounts.ofId(accountId);
    const refused = new Problem('unauthenticated', 'This refresh token is not valid any more. Sign in again.');
    if (!account) throw refused;
    const { token: nextToken, facts } = this.refreshToken(accountId, sessionId);
    const at = new Date(this.now()).toISOString();
    const before = account.state;
    const actor = { sub: `usr_${accountId}`, via: 'session' as const };
    const after = (
      await this.accounts.tell(
        account,
        { type: 'Refresh', sessionId, refreshHash: hashOf(token), next: facts, at },
        actor,
      )
    ).state;
    const isRefreshed =
      after !== before && after.sessions.some(({ refresh_hash }) => refresh_hash === facts.refresh_hash);
    if (!isRefreshed) throw refused;
    return this.tokens(accountId, sessionId, nextToken);
  }

  /** Ends the session of this refresh token, its access tokens too. Twice is once. */
  async signOut(token: string): Promise<void> {
    const [accountId = '', sessionId = ''] = token.split('.');
    const account = this.accounts.ofId(accountId);
    if (account)
      await this.accounts.tell(
        account,
        { type: 'SignOut', sessionId, refreshHash: hashOf(token) },
        { sub: `usr_${accountId}`, via: 'session' },
      );
  }

  async ofAccessToken(token: string): Promise<Credential | null> {
    try {
      const { payload } = await jwtVerify(token, this.key, {
        issuer,
        algorithms: ['HS256'],
        currentDate: new Date(this.now()),
      });
      return this.accounts.ofSession(String(payload.sub), String(payload['sid']));
    } catch {
      return null;
    }
  }

  private async tokens(accountId: string, sessionId: string, refresh_token: string): Promise<Tokens> {
    const issuedAt = Math.floor(this.now() / 1_000);
    const access_token = await new SignJWT({ sid: sessionId })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(`usr_${accountId}`)
      .setIssuer(issuer)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + accessSeconds)
      .sign(this.key);
    return { access_token, refresh_token, token_type: 'Bearer', expires_in: accessSeconds };
  }

  private refreshToken(accountId: string, sessionId: string) {
    const token = `${accountId}.${sessionId}.${randomBytes(32).toString('base64url')}`;
    return {
      token,
      facts: { refresh_hash: hashOf(token), expires_at: new Date(this.now() + refreshMs).toISOString() },
    };
  }
}
