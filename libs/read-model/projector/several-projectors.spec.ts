import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeOnPostgres, postgresDatabase, postgresServer } from '../../../test/support/postgres/index.js';
import { openReadDatabase, type ReadDatabase, type ReadDatabaseAddress } from '../database/read-database.js';
import { executions } from '../executions/executions.projection.js';
import type { Projection } from '../projection.js';
import { acceptance } from '../testing/facts.js';
import { MemoryLog } from '../testing/memory-log.js';
import { until } from '../testing/until.js';
import { Projector } from './projector.js';
import { turnAt } from './turn.js';

describeOnPostgres('Of several projectors', () => {
  let log: MemoryLog;
  let address: ReadDatabaseAddress;
  const opened: { readonly projector: Projector; readonly database: ReadDatabase }[] = [];

  beforeEach(async () => {
    log = new MemoryLog();
    address = { kind: 'postgres', url: await postgresDatabase() };
  });
  afterEach(async () => {
    for (const { projector, database } of opened.splice(0)) {
      await projector.close();
      await database.close();
    }
  });

  const start = async (projection: Projection = executions as Projection): Promise<Projector> => {
    const database = await openReadDatabase(address, 'write');
    const turn = await turnAt(address);
    const options = { database, turn, reader: log, projections: [projection], lingerMs: 0, retryMs: 1 };
    const projector = new Projector({ ...options, onProgress: () => undefined });
    opened.push({ projector, database });
    projector.start();
    return projector;
  };
  const accept = (id: string) => log.record(`execution-${id}`, 'ExecutionAccepted', acceptance());
  const reached = (projector: Projector, position: string) => until(() => projector.status().position >= position);
  const rows = () => opened[0]!.database.sql.selectFrom('executions').selectAll().orderBy('id').execute();

  it('one folds, and the others know how far it has come, also where no row has changed', async () => {
    const first = await start();
    await reached(first, accept('a'));
    const second = await start();
    await reached(second, accept('b'));
    await reached(second, log.record('execution-a', 'StepCompleted', { path: 'x' }));
    expect([first.status().counts.rows, second.status().counts.rows]).toEqual([2, 0]);
    expect((await rows()).map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('another takes over when it has gone, from where it was', async () => {
    const first = await start();
    await reached(first, accept('a'));
    const second = await start();
    await first.close();
    await reached(second, accept('b'));
    expect(second.status().counts.rows).toBe(1);
  });

  it('one takes over when the database has cut them off, and nothing is folded twice', async () => {
    const [first, second] = [await start(), await start()];
    await reached(first, accept('a'));
    await postgresServer().halt();
    await until(() => first.status().failing !== null && second.status().failing !== null);
    const position = accept('b');
    await postgresServer().begin();
    await Promise.all([reached(first, position), reached(second, position)]);
    await until(() => first.status().failing === null && second.status().failing === null);
    expect((await rows()).map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('an older program leaves the tables of a newer one alone', async () => {
    const newer = { ...executions, version: executions.version + 1 } as Projection;
    const first = await start(newer);
    await reached(first, accept('a'));
    await first.close();
    const older = await start();
    await until(() => older.status().failing !== null);
    expect(older.status().failing).toContain('leaves it alone');
    const another = await start(newer);
    await reached(another, accept('b'));
    expect((await rows()).map(({ id }) => id)).toEqual(['a', 'b']);
  });
});
