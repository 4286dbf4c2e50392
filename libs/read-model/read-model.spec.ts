import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { dropTables } from './database/drop-tables.js';
import { projections } from './projections.js';
import { ReadModel, type ReadModelOptions } from './read-model.js';
import { acceptance } from './testing/facts.js';
import { newFolder } from './testing/folder.js';
import { MemoryLog } from './testing/memory-log.js';
import { until } from './testing/until.js';

let log: MemoryLog;
let folder: ReturnType<typeof newFolder>;
let readModel: ReadModel | null;

const open = async (options: Partial<ReadModelOptions> = {}) =>
  (readModel = await ReadModel.open({
    database: at(folder.dir),
    reader: log,
    projector: 'inline',
    lingerMs: 0,
    ...options,
  }));
const at = (dir: string) => ({ kind: 'sqlite', dir }) as const;
const accept = (id: string) => log.record(`execution-${id}`, 'ExecutionAccepted', acceptance());

beforeEach(() => {
  log = new MemoryLog();
  folder = newFolder();
  readModel = null;
});
afterEach(async () => {
  await readModel?.close();
  folder.remove();
});

describe('the read model', () => {
  it('has no position before anything happened', async () => {
    const { position } = await open().then((model) => ({ position: model.position() }));
    expect(position).toBeNull();
  });

  it('waits for what has just been written, and has it then', async () => {
    const model = await open({ lingerMs: 60_000 });
    const position = accept('a');
    expect(await model.waitFor(position, 10_000)).toBe(true);
    expect(model.position()).toBe(position);
    expect(await model.waitFor(position, 0)).toBe(true);
    expect((await model.executions.list({ tenant: 'default' })).rows).toHaveLength(1);
  });

  it('follows by itself when it is woken', async () => {
    const model = await open();
    const position = accept('a');
    model.wake();
    await until(() => model.position() === position);
    expect((await model.executions.list({ tenant: 'default' })).total_count).toBe(1);
  });

  it('says so when it does not get there in time', async () => {
    const model = await open();
    expect(await model.waitFor('9999999999999999', 5)).toBe(false);
  });

  it('leaves nobody waiting when it is closed', async () => {
    const model = await open();
    const waiting = model.waitFor('9999999999999999', 600_000);
    await model.close();
    readModel = null;
    expect(await waiting).toBe(false);
  });

  it('tells how far behind it is, what is parked and what goes wrong', async () => {
    log.record('execution-x', 'TimerFired', { path: 'x' });
    const model = await open();
    await model.waitFor((await log.head())!, 5_000);
    accept('a');
    log.record('execution-a', 'DriverTaken', {});
    expect(await model.lag()).toEqual({ events: 1, done: 0.3333, parked: 1, rebuilding: [], failing: null });
    expect(await model.parked()).toEqual([
      {
        projection: 'executions',
        stream: 'execution-x',
        position: expect.any(String),
        reason: expect.stringContaining('does not begin with ExecutionAccepted'),
      },
    ]);
  });

  it('counts the statements of the projector and of the queries apart', async () => {
    const model = await open();
    await model.waitFor(accept('a'), 5_000);
    const before = model.counts();
    await model.executions.list({ tenant: 'default' });
    const after = model.counts();
    expect(after.queries.statements - before.queries.statements).toBe(2);
    expect(after.projector).toMatchObject({ statements: before.projector.statements, rows: 2, events: 1 });
  });

  it('cannot be written to through its queries', async () => {
    const model = await open();
    const database = (
      model as unknown as { database: { sql: { deleteFrom(t: string): { execute(): Promise<unknown> } } } }
    ).database;
    await expect(database.sql.deleteFrom('executions').execute()).rejects.toThrow('readonly');
  });

  it('still has its rows when it is opened again', async () => {
    await (await open()).waitFor(accept('a'), 5_000);
    await readModel?.close();
    const model = await open();
    expect((await model.executions.list({ tenant: 'default' })).rows).toHaveLength(1);
  });

  it('works for an older program as well, where a newer one has only added a column', async () => {
    await (await open()).waitFor(accept('a'), 5_000);
    await readModel?.close();
    const file = new DatabaseSync(join(folder.dir, 'read.db'));
    file.exec(`alter table executions add column later text null`);
    file.exec(`insert into mikro_orm_migrations (name) values ('999-later')`);
    file.close();
    const model = await open();
    expect(await model.waitFor(accept('b'), 5_000)).toBe(true);
    expect((await model.executions.list({ tenant: 'default' })).rows).toHaveLength(2);
  });

  it('stands still, all of it, for an older program where a newer one folds one table otherwise, until it is made anew', async () => {
    const newer = projections.map((each) =>
      each.name === 'documents' ? { ...each, version: each.version + 1 } : each,
    );
    await (await open({ projections: newer })).waitFor(accept('a'), 5_000);
    await readModel?.close();
    const model = await open();
    expect(await model.waitFor(accept('b'), 300)).toBe(false);
    expect((await model.lag()).failing).toContain('documents is filled by version');
    expect((await model.executions.list({ tenant: 'default' })).rows).toHaveLength(1);
    await readModel?.close();
    await dropTables(at(folder.dir));
    const again = await open();
    expect(await again.waitFor(accept('c'), 5_000)).toBe(true);
    expect((await again.executions.list({ tenant: 'default' })).rows).toHaveLength(3);
  });

  it('is not opened where there is no folder', async () => {
    await expect(open({ database: at(join(folder.dir, 'none')) })).rejects.toThrow();
  });
});
