import type { Caller } from '#runtime';

/** Who calls, and what they may do: all of it from the credential. */
export interface Credential extends Caller {
  readonly scopes: readonly string[];
  /** Of a signed-in user. */
  readonly sessionId: string | null;
}

declare module 'fastify' {
  interface FastifyRequest {
    credential?: Credential;
  }
  interface FastifyContextConfig {
    public?: boolean;
    needs?: string;
  }
}
