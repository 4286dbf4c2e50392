import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { PostgresServer } from './postgres-server.js';

let server: PostgresServer | null = null;

/** A database of its own for whoever asks, on the one server that a suite has. */
export const postgresDatabase = (): Promise<string> => server!.database();

/** The suite's server itself, to be halted and begun again. */
export const postgresServer = (): PostgresServer => server!;

/**
 * What is true on PostgreSQL. Where it is not installed, the suite is skipped by name; with CI=true it fails instead.
 */
export function describeOnPostgres(name: string, suite: () => void): void {
  if (PostgresServer.programs() === null) {
    if (process.env['CI'] === 'true') throw new Error(`"${name}" needs PostgreSQL, and it is not installed.`);
    describe(name, () => {
      it.skip('needs PostgreSQL (initdb, pg_ctl, postgres), which is not installed', () => undefined);
    });
    return;
  }
  describe(name, () => {
    beforeAll(async () => {
      server ??= await PostgresServer.start();
    });
    suite();
    afterAll(async () => {
      await server?.stop();
      server = null;
    });
  });
}
