import type { OpenChanges } from '#event-store';
import { PostgresTurn } from '#postgres';
import { OpenExecutionsFollower, type ClusterLog } from './open-executions-follower.js';
import { PostgresLeases } from './postgres-leases.js';
import { PostgresOpenExecutions } from './postgres-open-executions.js';
import { PostgresPayloads } from './postgres-payloads.js';
import { SharedDatabase } from './shared-database.js';

export interface ClusterOptions {
  readonly databaseUrl: string;
  /** Unlike every other process that ever was. */
  readonly process: string;
  /** Whether this process carries executions out. */
  readonly drives: boolean;
  readonly changes: OpenChanges;
  readonly log: ClusterLog;
  readonly heartbeatMs?: number;
  readonly leaseMs?: number;
}

export interface Cluster {
  readonly payloads: PostgresPayloads;
  readonly openExecutions: PostgresOpenExecutions;
  readonly leases: PostgresLeases;
  close(): Promise<void>;
}

/** A renewal that takes longer is tried again, on another connection where this one is dead. */
const renewalMs = 1_500;

/** What the processes of one installation share in PostgreSQL, beside the log. Rejects where the database cannot be reached. */
export async function openCluster({ databaseUrl, changes, log, ...options }: ClusterOptions): Promise<Cluster> {
  const database = await SharedDatabase.open(databaseUrl);
  const openExecutions = new PostgresOpenExecutions(database);
  const turn = new PostgresTurn(databaseUrl, 'chatter open executions');
  const follower = new OpenExecutionsFollower({ changes, openExecutions, turn, log });
  const renewals = SharedDatabase.alone(databaseUrl, 'chatter lease', renewalMs);
  const leases = await PostgresLeases.open({ database, renewals }, { ...options, log });
  follower.start();
  return {
    payloads: new PostgresPayloads(database),
    openExecutions,
    leases,
    close: async () => {
      await leases.close();
      await follower.stop();
      await renewals.close();
      await database.close();
    },
  };
}
