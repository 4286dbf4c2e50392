import type pg from 'pg';
import { holding } from '#postgres';

/**
 * What several processes share, as it came, one step after the other: never edit one. In a schema of its own, so that it may
 * lie beside the tables of lists, which are made anew at will; these are not.
 */
const steps: readonly string[] = [
  `create table chatter_cluster.processes (
     process text not null primary key, lease_until timestamptz not null, started_at timestamptz not null default now());
   create table chatter_cluster.open_executions (
     stream text collate "C" not null primary key, tenant text not null, priority integer not null, status text not null,
     due_at bigint null, driver text null, revision bigint not null, claimed_revision bigint not null default -1);
   create index open_executions_due on chatter_cluster.open_executions (due_at) where due_at is not null;
   create index open_executions_running on chatter_cluster.open_executions (driver) where status = 'running';
   create table chatter_cluster.follower (only_one boolean not null primary key default true check (only_one), position text not null);
   insert into chatter_cluster.follower (position) values ('');
   create table chatter_cluster.payloads (
     tenant text not null, sha256 text not null, size integer not null, bytes bytea not null,
     put_at timestamptz not null default now(), primary key (tenant, sha256))`,
  `drop index chatter_cluster.open_executions_running;
   create index open_executions_not_at_rest on chatter_cluster.open_executions (driver) where status <> 'waiting'`,
];

/** Brings the tables up to date; of processes that start at once, one after the other. */
export async function bringUpToDate(pool: pg.Pool, url: string): Promise<void> {
  await holding(url, 'chatter cluster migrations', async () => {
    await pool.query(`create schema if not exists chatter_cluster;
      create table if not exists chatter_cluster.steps (step integer not null primary key)`);
    const { rows } = await pool.query<{ done: number }>('select count(*) as done from chatter_cluster.steps');
    for (let step = Number(rows[0]!.done); step < steps.length; step += 1)
      await pool.query(`begin; ${steps[step]}; insert into chatter_cluster.steps values (${step}); commit`);
  });
}
