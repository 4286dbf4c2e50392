import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { openReadDatabase, type ReadDatabase, type ReadDatabaseAddress } from '../database/read-database.js';
import { executions } from '../executions/executions.projection.js';
import { definitions } from '../definitions/definitions.projection.js';
import type { Projection } from '../projection.js';
import { acceptance, failure, metrics, publication } from '../testing/facts.js';
import { onEveryDatabase } from '../testing/databases.js';
import { MemoryLog, noon } from '../testing/memory-log.js';
import { until } from '../testing/until.js';
import { sql } from 'kysely';
import type { ProjectorStatus } from './projector-status.js';
import { Projector } from './projector.js';
import { turnAt } from './turn.js';

/** Refuses the row `c`. */
const fullDisk = {
  sqlite: [
    `create trigger lost before insert on executions when new.id = 'c'
      begin select raise(abort, 'the disk is full'); end`,
  ],
  postgres: [
    `create function refuse() returns trigger language plpgsql as $$ begin raise 'the disk is full'; end $$`,
    `create trigger lost before insert on executions for each row when (new.id = 'c') execute function refuse()`,
  ],
};

/** Two tables that are like all the others. */
const projections = [executions as Projection, definitions as Projection];

let log: MemoryLog;
let address: ReadDatabaseAddress;
let database: ReadDatabase;
const running: Projector[] = [];

onEveryDatabase((fresh) => {
  beforeEach(async () => {
    log = new MemoryLog();
    address = await fresh();
    database = await openReadDatabase(address, 'write');
  });
  afterEach(async () => {
    for (const projector of running.splice(0)) await projector.close();
    await database.close();
  });

  /** Runs a projector until `enough`; by default until it has seen all of the log. */
  const project = async (options: Partial<ConstructorParameters<typeof Projector>[0]> = {}, enough = seenAll()) => {
    let done: (status: ProjectorStatus) => void = () => {};
    const reached = new Promise<ProjectorStatus>((resolve) => (done = resolve));
    const onProgress = (status: ProjectorStatus) => enough(status) && done(status);
    const projector = new Projector({
      database,
      reader: log,
      projections,
      turn: await turnAt(address),
      lingerMs: 0,
      retryMs: 1,
      onProgress,
      ...options,
    });
    running.push(projector);
    projector.start();
    return { projector, status: await reached };
  };
  const seenAll =
    (position = log.events.at(-1)?.position ?? '') =>
    (status: ProjectorStatus) =>
      status.position >= position && status.rebuilding.length === 0;
  const stop = async () => {
    for (const projector of running.splice(0)) await projector.close();
  };

  const rows = (of: ReadDatabase = database) => of.sql.selectFrom('executions').selectAll().orderBy('id').execute();
  const checkpoints = () => database.sql.selectFrom('checkpoints').selectAll().orderBy('projection').execute();
  const parked = () => database.sql.selectFrom('parked').selectAll().execute();

  const accept = (id: string) => log.record(`execution-${id}`, 'ExecutionAccepted', acceptance());
  const complete = (id: string) => log.record(`execution-${id}`, 'ExecutionCompleted', { output: 1, metrics });
  const someStreams = () => {
    for (const id of ['a', 'b', 'c']) accept(id);
    log.record('execution-a', 'StepCompleted', { path: 'x' });
    log.record('execution-b', 'TimerSet', { path: 'rest', due_at: '' });
    complete('a');
    log.record('definition-d', 'DefinitionPublished', publication());
    log.record('execution-b', 'CancelRequested', { by: 'x', reason: null, force: false });
    log.record('execution-c', 'ExecutionFailed', failure);
    log.record('execution-b', 'ExecutionCancelled', { reason: null, metrics });
  };

  describe('following the log', () => {
    it('keeps rows and checkpoints, and tells how far it is', async () => {
      someStreams();
      const { status } = await project();
      expect((await rows()).map(({ id, status }) => [id, status])).toEqual([
        ['a', 'completed'],
        ['b', 'cancelled'],
        ['c', 'failed'],
      ]);
      expect(await checkpoints()).toMatchObject([
        { projection: 'definitions', version: definitions.version, position: log.events.at(-1)?.position, live: 1 },
        { projection: 'executions', version: executions.version, position: log.events.at(-1)?.position, live: 1 },
      ]);
      expect(status).toMatchObject({ parked: 0, rebuilding: [], failing: null, counts: { batches: 1, rows: 4 } });
    });

    it('ends a batch before much data is in memory', async () => {
      const long = 'x'.repeat(60 * 1024);
      const ids = Array.from({ length: 300 }, (_, at) => `long-${at}`);
      for (const id of ids) log.record(`execution-${id}`, 'ExecutionAccepted', { ...acceptance(), input: { long } });
      const { status } = await project();
      expect(await rows()).toHaveLength(300);
      expect(status).toMatchObject({ counts: { batches: 3, events: 300, rows: 300 } });
    });

    it('writes a row once a batch, whatever happened to it', async () => {
      someStreams();
      const before = database.statements();
      const { status } = await project();
      expect(status.counts).toMatchObject({ events: 9, rows: 4 });
      const placed = 4;
      const [begin, commit, moved, written] = [1, 1, 2, 4];
      expect(status.counts.statements - before).toBeLessThanOrEqual(2 * placed + begin + commit + moved + written);
    });

    it('has seen what it does not read, without writing anything but, where others look, that it has', async () => {
      accept('a');
      await project();
      const before = await checkpoints();
      await stop();
      const position = log.record('execution-a', 'StepCompleted', { path: 'x' });
      await project();
      const { shared } = await turnAt(address);
      expect(await checkpoints()).toEqual(shared ? before.map((row) => ({ ...row, position })) : before);
    });

    it('sees what comes later, when it is woken', async () => {
      accept('a');
      const { projector } = await project();
      const later = accept('b');
      projector.wake();
      await until(() => projector.status().position >= later);
      expect(await rows()).toHaveLength(2);
    });

    it('goes on where it was after a restart, from rows it no longer remembers', async () => {
      accept('a');
      await project();
      await stop();
      complete('a');
      const { status } = await project();
      expect(await rows()).toMatchObject([{ id: 'a', status: 'completed', definition_name: 'Simple Chat' }]);
      expect(status.counts.events).toBe(1);
    });

    it('remembers only so many rows, and looks the others up', async () => {
      for (let n = 0; n < 5_100; n += 1) accept(`e${n}`);
      await project();
      await stop();
      for (let n = 0; n < 5_100; n += 1) complete(`e${n}`);
      await project();
      const done = await database.sql.selectFrom('executions').selectAll().where('status', '=', 'completed').execute();
      expect(done).toHaveLength(5_100);
    });
  });

  describe('exactly once', () => {
    it('writes nothing of a batch that fails in the middle, and gives the same rows when it comes again', async () => {
      someStreams();
      for (const text of fullDisk[address.kind]) await sql.raw(text).execute(database.sql);
      const { projector } = await project({}, ({ failing }) => failing === 'the disk is full');
      expect(await rows()).toEqual([]);
      expect((await checkpoints()).map(({ position }) => position)).toEqual(['', '']);

      await sql.raw(`drop trigger lost${address.kind === 'sqlite' ? '' : ' on executions'}`).execute(database.sql);
      await until(() => projector.status().failing === null && seenAll()(projector.status()));
      const recovered = await rows();
      await afresh();
      await project();
      expect(recovered).toEqual(await rows());
    });

    it('gives the same rows however the log is cut into batches', async () => {
      someStreams();
      await project();
      const whole = { rows: await rows(), checkpoints: await checkpoints() };
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 10 }), async (batch, stopAt) => {
          await afresh();
          const first = log.events[stopAt - 1]!.position;
          await project({ batch }, (status) => status.position >= first); // stopped somewhere, and started again
          await stop();
          await project({ batch });
          const cut = { rows: await rows(), checkpoints: await checkpoints() };
          expect(cut.rows).toEqual(whole.rows);
          expect(cut.checkpoints.map(({ live }) => live)).toEqual([1, 1]);
        }),
        { numRuns: 25 },
      );
    }, 60_000);

    it('writes nothing where another projector has been, and goes on from there', async () => {
      accept('a');
      const { projector } = await project();
      const last = complete('a');
      const other = await openReadDatabase(address, 'write');
      await other.sql.updateTable('checkpoints').set({ position: last }).execute();
      await other.sql.updateTable('executions').set({ status: 'completed', subject: 'by the other' }).execute();
      await other.close();
      projector.hurry();
      await until(() => projector.status().position >= last);
      const third = accept('c');
      projector.hurry();
      await until(() => projector.status().position >= third);
      expect(await rows()).toMatchObject([
        { id: 'a', status: 'completed', subject: 'by the other' },
        { id: 'c', status: 'running' },
      ]);
    });
  });

  describe('an event that cannot be folded', () => {
    it('parks its stream, keeps the row as it was, and lets the others pass', async () => {
      accept('a');
      accept('b');
      const bad = log.record('execution-a', 'ExecutionCompleted', { output: 1 });
      complete('b');
      const { status } = await project();
      expect(status.parked).toBe(1);
      expect(await rows()).toMatchObject([
        { id: 'a', status: 'running' },
        { id: 'b', status: 'completed' },
      ]);
      expect(await parked()).toEqual([
        {
          projection: 'executions',
          version: executions.version,
          stream: 'execution-a',
          reason: expect.stringContaining('execution_time_ms'),
          position: bad,
        },
      ]);
    });

    it('keeps it parked, also after a restart', async () => {
      log.record('execution-a', 'TimerFired', { path: 'x' });
      await project();
      await stop();
      accept('a');
      const { status } = await project();
      expect(status.parked).toBe(1);
      expect(await rows()).toEqual([]);
      expect(await parked()).toHaveLength(1);
    });

    it.each([
      ['its text is no JSON', { data: '{' }, 'JSON'],
      ['its envelope is damaged', { envelope: {} }, 'envelope'],
      ['its schema is newer', { envelope: { tenant: 'default', at: noon, schema: 2 } }, 'reads up to 1'],
      ['a member is missing', { data: JSON.stringify({ ...acceptance(), subject: undefined }) }, 'subject'],
      [
        'a member is kept elsewhere',
        { data: JSON.stringify({ ...acceptance(), definition_name: { $ref: {} } }) },
        'object',
      ],
    ])('is parked where %s', async (_, different, reason) => {
      accept('a');
      accept('b');
      log.events[0] = { ...log.events[0]!, ...(different as object) };
      expect((await project()).status).toMatchObject({ parked: 1, failing: null });
      expect(await parked()).toMatchObject([{ stream: 'execution-a', reason: expect.stringContaining(reason) }]);
      expect((await rows()).map(({ id }) => id)).toEqual(['b']);
    });
  });

  describe('a new version of a projection', () => {
    const second = {
      ...executions,
      version: executions.version + 1,
      evolve: (row, recorded) => ({ ...executions.evolve(row, recorded), subject: 'second' }),
    } as typeof executions;
    const withSecond = [second as Projection, ...projections.slice(1)];

    it('is built beside the old one, then takes its place, parked streams included', async () => {
      someStreams();
      log.record('execution-x', 'TimerFired', { path: 'x' });
      await project();
      await stop();
      const told: ProjectorStatus[] = [];
      await project({ projections: withSecond, batch: 2 }, (status) => told.push(status) > 1 && seenAll()(status));
      expect(told[0]).toMatchObject({ rebuilding: [{ projection: 'executions' }] });
      expect((await rows()).map(({ subject }) => subject)).toEqual(['second', 'second', 'second']);
      expect(await checkpoints()).toMatchObject([
        { projection: 'definitions', version: definitions.version, live: 1 },
        { projection: 'executions', version: executions.version + 1, live: 1 },
      ]);
      expect(await parked()).toMatchObject([{ version: executions.version + 1, stream: 'execution-x' }]);
    });

    it('leaves the old rows to be read until then, and goes on after a crash', async () => {
      someStreams();
      await project();
      await stop();
      log.failures.push(new Error('the log is away'));
      await project({ projections: withSecond, batch: 1 }, (status) => status.rebuilding.length === 1);
      await stop();
      expect((await rows()).map(({ subject }) => subject)).toEqual(['usr_ada', 'usr_ada', 'usr_ada']);
      await project({ projections: withSecond });
      expect((await rows()).map(({ subject }) => subject)).toEqual(['second', 'second', 'second']);
    });

    it('starts over when yet another version comes while one is being built', async () => {
      someStreams();
      await project();
      await stop();
      await project({ projections: withSecond, batch: 1 }, (status) => status.rebuilding.length === 1);
      await stop();
      const third = { ...second, version: second.version + 1 } as Projection;
      await project({ projections: [third, ...projections.slice(1)] });
      expect((await checkpoints()).map(({ projection, version }) => [projection, version])).toEqual([
        ['definitions', definitions.version],
        ['executions', third.version],
      ]);
    });

    it('follows the log again once it is live', async () => {
      someStreams();
      await project();
      await stop();
      const { projector } = await project({ projections: withSecond });
      const position = accept('later');
      projector.hurry();
      await until(() => projector.status().position >= position);
      expect(await rows()).toHaveLength(4);
    });
  });

  describe('an error of the log', () => {
    it('is told, and tried again', async () => {
      accept('a');
      log.failures.push(new Error('the log is away'), new Error('still away'));
      const told: (string | null)[] = [];
      const { status } = await project({}, (one) => told.push(one.failing) > 0 && seenAll()(one));
      expect(told.slice(0, 2)).toEqual(['the log is away', 'still away']);
      expect(status.failing).toBeNull();
      expect(await rows()).toHaveLength(1);
    });

    it('does not keep it from being closed', async () => {
      accept('a');
      log.failures.push(new Error('the log is away'));
      await project({ retryMs: 60_000 }, ({ failing }) => failing !== null);
      await stop();
      expect(await rows()).toEqual([]);
    });
  });

  /** Empties the tables, as if they had never been. */
  const afresh = async () => {
    await stop();
    for (const table of ['executions', 'definitions', 'checkpoints', 'parked'] as const) {
      await database.sql.deleteFrom(table).execute();
    }
  };
});
