/**
 * What several processes need: a real PostgreSQL, the server of the tests that speaks EventStoreDB's protocol, and a target for
 * their calls. Each process is the server as shipped.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PostgresServer } from '../support/postgres/postgres-server.ts';
import { startEventStoreDb } from './eventstoredb.mjs';
import { startServer } from './server.mjs';
import { startUpstream } from './upstream.mjs';

export const rest = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** `delayMs`: how long the target takes to answer. */
export async function startCluster({ delayMs }) {
  const folder = mkdtempSync(join(tmpdir(), 'chatter-cluster-'));
  const file = join(folder, 'log.db');
  const upstream = await startUpstream(delayMs);
  const postgres = await PostgresServer.start();
  const DATABASE_URL = await postgres.database();
  let log = await startEventStoreDb({ file });
  const EVENT_STORE_URL = log.url;
  const port = new URL(EVENT_STORE_URL.replace('esdb:', 'http:')).port;
  let started = 0;
  return {
    upstream,
    start(role) {
      const dataDir = join(folder, `${role}-${(started += 1)}`);
      mkdirSync(dataDir);
      const environment = {
        EVENT_STORE_URL,
        DATABASE_URL,
        AUTH_SECRET: 'the same for all processes of a test',
        EGRESS_ALLOW: `127.0.0.1:${upstream.port}`,
        LOG_LEVEL: 'fatal',
        ROLE: role,
      };
      return startServer({ dataDir, environment });
    },
    /** Takes the log away, `killed` or `frozen`. Resolves when it is gone, with what brings it back. */
    async takeLogAway(how) {
      if (how === 'frozen') {
        process.kill(log.pid, 'SIGSTOP');
        return () => process.kill(log.pid, 'SIGCONT');
      }
      await log.stop('SIGKILL');
      return async () => (log = await startEventStoreDb({ file, port }));
    },
    /** Takes PostgreSQL away: what it was asked is cut off. Resolves with what brings it back. */
    async takeDatabaseAway() {
      await postgres.halt();
      return () => postgres.begin();
    },
    async stop(processes) {
      await Promise.all(processes.map((each) => each.kill('SIGTERM')));
      await log.stop();
      await postgres.stop();
      await upstream.close();
      rmSync(folder, { recursive: true });
    },
  };
}
