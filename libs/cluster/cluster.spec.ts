import { createHash } from 'node:crypto';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  maxPayloadBytes,
  type CaughtUp,
  type OpenChange,
  type OpenChanges,
  type RecordedOpenChange,
} from '#event-store';
import { describeOnPostgres, postgresDatabase, postgresServer } from '../../test/support/postgres/index.js';
import { openCluster, type Cluster } from './index.js';

const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10));
};

/** A log of which only this is seen. */
class Changes implements OpenChanges {
  reachable = true;
  private readonly all: RecordedOpenChange[] = [];
  private wake: (() => void)[] = [];

  add(stream: string, revision: bigint, open: OpenChange): string {
    const position = String(this.all.length + 1).padStart(16, '0');
    this.all.push({ type: 'open_change', stream, revision, open, position });
    for (const wake of this.wake.splice(0)) wake();
    return position;
  }

  health() {
    return { reachable: this.reachable };
  }

  async *openChanges({
    from = '',
    signal,
  }: {
    from?: string;
    signal: AbortSignal;
  }): AsyncIterable<RecordedOpenChange | CaughtUp> {
    for (let at = this.all.findIndex(({ position }) => position > from); !signal.aborted;) {
      if (at >= 0 && at < this.all.length) yield this.all[at++]!;
      else {
        if (at < 0) at = this.all.length;
        yield { type: 'caught_up', position: this.all.at(-1)?.position ?? '' };
        await new Promise<void>((resolve) => {
          this.wake.push(resolve);
          signal.addEventListener('abort', () => resolve());
        });
      }
    }
  }
}

/** Between a process and PostgreSQL: those who are connected hear nothing more, as soon as it is silent; who comes later does. */
async function silentProxy(target: URL) {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) sockets.add(socket.on('error', () => undefined));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(target);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    silence: () => {
      for (const socket of sockets) socket.unpipe().pause();
    },
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Which connections have the turn to keep the list. */
async function holdersOf(url: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(
    `select pid from pg_locks where locktype = 'advisory' and granted
      and database = (select oid from pg_database where datname = current_database())`,
  );
  await client.end();
  return rows;
}

const row = (stream: string, more: object = {}) => ({
  stream,
  tenant: 'default',
  priority: 0,
  status: 'running' as const,
  dueAt: null,
  driver: null,
  ...more,
});

describeOnPostgres('What several processes share', () => {
  let url: string;
  let changes: Changes;
  let clock: number;
  const opened: Cluster[] = [];
  const errors: object[] = [];

  beforeEach(async () => {
    url = await postgresDatabase();
    changes = new Changes();
    clock = 0;
    errors.length = 0;
  });
  afterEach(async () => {
    for (const cluster of opened.splice(0)) await cluster.close();
  });

  const open = async (process: string, more: Partial<Parameters<typeof openCluster>[0]> = {}): Promise<Cluster> => {
    const log = { error: (facts: object) => void errors.push(facts) };
    const cluster = await openCluster({ databaseUrl: url, process, drives: true, changes, log, ...more });
    opened.push(cluster);
    return cluster;
  };
  const rows = (cluster: Cluster) => cluster.openExecutions.list({ limit: 1_000 });
  const close = async (cluster: Cluster) => {
    opened.splice(opened.indexOf(cluster), 1);
    await cluster.close();
  };

  it('is made once, however many start at the same time', async () => {
    const clusters = await Promise.all(['a', 'b', 'c', 'd'].map((name) => open(name)));
    for (const cluster of clusters) expect(await rows(cluster)).toEqual([]);
  });

  describe('large values', () => {
    it('are kept by tenant and content, twice the same is once, and every process has them', async () => {
      const [a, b] = [await open('a'), await open('b')];
      const bytes = new TextEncoder().encode('a\u0000b');
      const kept = await a.payloads.put('default', bytes);
      expect(await a.payloads.put('default', bytes)).toEqual(kept);
      expect(kept.size).toBe(3);
      expect(await b.payloads.get('default', kept.sha256)).toEqual(bytes);
      expect(await b.payloads.get('other', kept.sha256)).toBeNull();
    });

    it('have a limit', async () => {
      const { payloads } = await open('a');
      await expect(payloads.put('default', new Uint8Array(maxPayloadBytes + 1))).rejects.toMatchObject({
        code: 'payload_too_large',
      });
    });
  });

  describe('the list of open executions', () => {
    it('follows the log, one process at a time, and goes on where another has stopped', async () => {
      const [a, b] = [await open('a'), await open('b')];
      changes.add('execution-1', 0n, { row: row('execution-1', { dueAt: 2_000_000_000_000, priority: 3 }) });
      changes.add('execution-2', 0n, { row: row('execution-2', { dueAt: 5 }) });
      await until(async () => (await rows(b)).length === 2);
      expect(await b.openExecutions.nextDue()).toBe(5);
      expect((await b.openExecutions.due(2_000_000_000_000, 9)).map(({ stream }) => stream)).toEqual([
        'execution-2',
        'execution-1',
      ]);
      await close(a);
      changes.add('execution-1', 4n, 'closed');
      await until(async () => (await rows(b)).length === 1);
      expect(await rows(b)).toEqual([row('execution-2', { dueAt: 5 })]);
      expect(errors).toEqual([]);
    });

    it('takes nothing older for something newer, and leaves an execution to who has claimed it since', async () => {
      const a = await open('a');
      changes.add('execution-1', 3n, { row: row('execution-1', { driver: 'gone' }) });
      await until(async () => (await rows(a)).length === 1);
      expect(await a.leases.claim('execution-1', 5n)).toBe(true);
      changes.add('execution-1', 5n, { row: row('execution-1', { status: 'waiting', dueAt: 7 }) });
      await until(async () => (await rows(a))[0]?.status === 'waiting');
      expect(await rows(a)).toEqual([row('execution-1', { status: 'waiting', dueAt: 7, driver: 'a' })]);
      changes.add('execution-1', 4n, { row: row('execution-1', { status: 'parked' }) });
      changes.add('execution-1', 6n, { row: row('execution-1', { driver: 'b' }) });
      await until(async () => (await rows(a))[0]?.driver === 'b');
      expect((await rows(a))[0]!.status).toBe('running');
    });

    it('comes up to date when the database was away', async () => {
      const a = await open('a', { heartbeatMs: 50 });
      changes.add('execution-1', 0n, { row: row('execution-1') });
      await until(async () => (await rows(a)).length === 1);
      await postgresServer().halt();
      changes.add('execution-2', 0n, { row: row('execution-2') });
      await expect(rows(a)).rejects.toMatchObject({ code: 'store_unavailable' });
      await expect(a.payloads.get('default', 'x')).rejects.toMatchObject({ code: 'store_unavailable' });
      await postgresServer().begin();
      await until(async () => (await rows(a).catch(() => [])).length === 2);
      expect(errors.length).toBeGreaterThan(0);
    });
  });

  describe('the one who keeps the list', () => {
    const listed = async (cluster: Cluster) => {
      const before = (await rows(cluster)).length;
      changes.add(`execution-${before}`, 0n, { row: row(`execution-${before}`) });
      await until(async () => (await rows(cluster)).length > before);
    };

    it('is another one, once it gives no sign of life any more', async () => {
      const frozen = new pg.Client({ connectionString: url });
      frozen.on('error', () => undefined);
      await frozen.connect();
      const key = createHash('sha256').update('chatter open executions').digest().readBigInt64BE();
      await frozen.query('select pg_advisory_lock($1)', [String(key)]);
      await listed(await open('b'));
      await expect(frozen.query('select 1')).rejects.toThrow();
    });

    it('stays who it is, however long nothing happens', async () => {
      const a = await open('a');
      await listed(a);
      const before = await holdersOf(url);
      await open('b');
      await new Promise((resolve) => setTimeout(resolve, 7_000));
      expect(await holdersOf(url)).toEqual(before);
    });

    it('leaves it to another one where it is cut off from the log', async () => {
      const own = new Changes();
      const a = await open('a', { changes: own });
      await until(async () => (await holdersOf(url)).length === 1);
      own.reachable = false;
      await listed(await open('b'));
      expect(errors.length).toBeGreaterThan(0);
      await close(a);
    });
  });

  describe('leases', () => {
    it('are renewed over another connection, where one gives no answer any more', async () => {
      const proxy = await silentProxy(new URL(url));
      const a = await open('a', { databaseUrl: proxy.url, heartbeatMs: 300, leaseMs: 8_000 });
      proxy.silence();
      await new Promise((resolve) => setTimeout(resolve, 6_000));
      expect(a.leases.isHeld()).toBe(true);
      expect(a.leases.lapses).toBe(0);
      await close(a);
      proxy.close();
    });

    const twins = async () => {
      const a = await open('a', { heartbeatMs: 1_000_000, leaseMs: 1_000 });
      const b = await open('b', { heartbeatMs: 200, leaseMs: 60_000 });
      return [a.leases, b.leases] as const;
    };

    it('give an execution to one process, for as long as it lives', async () => {
      const [a, b] = await twins();
      expect(await a.claim('execution-1', 0n)).toBe(true);
      expect(await a.claim('execution-1', 0n)).toBe(true);
      expect(await b.claim('execution-1', 0n)).toBe(false);
      await until(async () => b.claim('execution-1', 0n));
      expect(a.isHeld()).toBe(false); // it has known since before
      expect(await a.claim('execution-1', 0n)).toBe(false);
    });

    it('are over for their holder before they are for the others, also when it was frozen', async () => {
      const { PostgresLeases } = await import('./postgres-leases.js');
      const { SharedDatabase } = await import('./shared-database.js');
      const database = await SharedDatabase.open(url);
      const log = { error: () => undefined };
      const options = { process: 'a', drives: true, leaseMs: 8_000, heartbeatMs: 50, log, clock: () => clock };
      const leases = await PostgresLeases.open({ database, renewals: database }, options);
      clock = 6_999;
      expect(leases.isHeld()).toBe(true);
      await new Promise((resolve) => setTimeout(resolve, 200)); // it is renewed
      expect(leases.lapses).toBe(0);
      clock += 7_000;
      expect(leases.isHeld()).toBe(false);
      await until(async () => leases.isHeld());
      expect(leases.lapses).toBeGreaterThan(0); // and it knows that it was over
      await leases.close();
      await database.close();
    });

    it('are given back by a process that ends', async () => {
      const a = await open('a');
      const b = await open('b');
      await a.leases.claim('execution-1', 0n);
      await close(a);
      expect(await b.leases.claim('execution-1', 0n)).toBe(true);
    });

    it('are not for a process that only takes requests; it is told who drives', async () => {
      const [front, worker] = [await open('front', { drives: false }), await open('worker')];
      expect(await front.leases.claim('execution-1', 0n)).toBe(false);
      await worker.leases.claim('execution-1', 0n);
      expect(await front.leases.claim('execution-1', 0n)).toBe(false);
      expect(await front.leases.claimOrphans(Date.now(), 9)).toEqual([]);
    });

    it('share what nobody drives, each to one of those who ask at the same time', async () => {
      const clusters = await Promise.all(['a', 'b', 'c'].map((name) => open(name)));
      for (let n = 0; n < 200; n += 1)
        changes.add(`execution-${n}`, 0n, { row: row(`execution-${n}`, { driver: 'gone' }) });
      await until(async () => (await rows(clusters[0]!)).length === 200);
      const claimed: string[][] = [[], [], []];
      for (let round = 0; round < 20; round += 1)
        await Promise.all(
          clusters.map(async ({ leases }, at) => {
            for (const { stream } of await leases.claimOrphans(0, 10)) claimed[at]!.push(stream);
          }),
        );
      const all = claimed.flat();
      expect([all.length, new Set(all).size]).toEqual([200, 200]);
    });

    it('come to what is due: of nobody, or its own, but not of another that lives', async () => {
      const [a, b] = [await open('a'), await open('b')];
      changes.add('execution-free', 0n, { row: row('execution-free', { status: 'waiting', dueAt: 5 }) });
      changes.add('execution-later', 0n, { row: row('execution-later', { status: 'waiting', dueAt: 50 }) });
      changes.add('execution-mine', 0n, { row: row('execution-mine', { dueAt: 5, driver: 'a' }) });
      changes.add('execution-theirs', 0n, { row: row('execution-theirs', { dueAt: 5, driver: 'b' }) });
      await until(async () => (await rows(a)).length === 4);
      const due = await a.leases.claimOrphans(10, 9);
      expect(due.map(({ stream }) => stream).toSorted()).toEqual(['execution-free', 'execution-mine']);
      expect((await b.leases.claimOrphans(10, 9)).map(({ stream }) => stream)).toEqual(['execution-theirs']);
      await a.leases.forget('execution-mine');
      expect((await rows(a)).map(({ stream }) => stream)).not.toContain('execution-mine');
    });

    it('leave what one that lives has parked, and come to it when that one has gone', async () => {
      const [a, b] = [await open('a'), await open('b')];
      changes.add('execution-1', 0n, { row: row('execution-1', { dueAt: 5, driver: 'a' }) });
      changes.add('execution-2', 0n, { row: row('execution-2', { driver: 'b' }) });
      await until(async () => (await rows(a)).length === 2);
      for (const each of await rows(a)) await a.leases.park(each);
      expect(await rows(a)).toEqual([
        row('execution-1', { status: 'parked', driver: 'a' }),
        row('execution-2', { driver: 'b' }), // another's
      ]);
      expect(await a.leases.claimOrphans(10, 9)).toEqual([]);
      expect(await b.leases.claimOrphans(10, 9)).toEqual([]);
      await close(a);
      expect((await b.leases.claimOrphans(10, 9)).map(({ stream }) => stream)).toEqual(['execution-1']);
    });

    it('know what runs and nobody drives, of a tenant and of all, and what is their own', async () => {
      const a = await open('a');
      changes.add('execution-1', 0n, { row: row('execution-1', { tenant: 'one' }) });
      changes.add('execution-2', 0n, { row: row('execution-2', { tenant: 'other' }) });
      changes.add('execution-3', 0n, { row: row('execution-3', { tenant: 'one', driver: 'a' }) });
      changes.add('execution-4', 0n, { row: row('execution-4', { tenant: 'one', status: 'waiting' }) });
      await until(async () => (await rows(a)).length === 4);
      await until(async () => (await a.leases.backlog('one')).ofAll === 2);
      expect(await a.leases.backlog('one')).toEqual({ ofTenant: 1, ofAll: 2 });
      expect(await a.leases.backlog('nobody')).toEqual({ ofTenant: 0, ofAll: 2 });
      expect((await a.leases.running()).map(({ stream }) => stream)).toEqual(['execution-3']);
    });

    it('take tenants in turn, and of one the highest priority first', async () => {
      const a = await open('a');
      for (let n = 0; n < 6; n += 1)
        changes.add(`execution-m${n}`, 0n, { row: row(`execution-m${n}`, { tenant: 'many', priority: n }) });
      changes.add('execution-one', 0n, { row: row('execution-one', { tenant: 'one' }) });
      await until(async () => (await rows(a)).length === 7);
      const streams = (await a.leases.claimOrphans(0, 3)).map(({ stream }) => stream).toSorted();
      expect(streams).toEqual(['execution-m4', 'execution-m5', 'execution-one']);
    });
  });
});
