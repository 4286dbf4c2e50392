import type { Caller } from '#runtime';

/** Who calls, and what they may do: all of it from the credential. */
export interface Credential extends Caller {
  readonly via: 'api_key' | 'session';
  readonly scopes: readonly string[];
  /** Of a signed-in user. */
  readonly sessionId: string | null;
}

declare module 'fastify' {
  interface FastifyRequest {
    credential?: Credential;
    /** Whether the credential still holds the right that this route needs: for answers that last. */
    stillMay?: () => Promise<boolean>;
  }
  interface FastifyContextConfig {
    public?: boolean;
    /** The body is given as its bytes. */
    rawBody?: boolean;
    needs?: string;
    /** A body may be a text, and not only JSON. */
    takesText?: true;
  }
}
