import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { archiveStream, executionStream, genesis, MemoryEventStore, seal, type RecordedEvent } from '#event-store';
import { openReadDatabase, type ReadDatabaseAddress } from '../database/read-database.js';
import { digestOf } from '../digest.js';
import { projections, rowsToKeep } from '../projections.js';
import type { Projection, Row } from '../projection.js';
import { ReadModel } from '../read-model.js';
import { acceptance, failure, metrics } from '../testing/facts.js';
import { onEveryDatabase } from '../testing/databases.js';
import { Projector } from '../projector/projector.js';
import type { ProjectorStatus } from '../projector/projector-status.js';
import { turnAt } from '../projector/turn.js';
import { until } from '../testing/until.js';
import { keepingArchived, keptRows } from './kept-rows.js';

let store: MemoryEventStore;
const readModels: ReadModel[] = [];
const at = '2026-01-31T12:00:00.000Z';

const record = async (stream: string, tenant: string, ...facts: readonly (readonly [string, object])[]) => {
  for (const [type, data] of facts) {
    const events = await history(stream);
    const revision = BigInt(events.length);
    const prev = events.at(-1)?.envelope.hash ?? genesis(stream);
    const actor = { sub: 'engine', via: 'engine' } as const;
    const rest = { schema: 1, at, actor, causationId: 'c', correlationId: 'c' };
    const event = seal({ stream, revision, prev, id: `${stream}/${revision}`, type, data, tenant, ...rest });
    await store.append(stream, revision === 0n ? 'no_stream' : revision - 1n, [event]);
  }
};
const history = async (stream: string) => {
  const events: RecordedEvent[] = [];
  for await (const event of store.readStream(stream)) events.push(event);
  return events;
};

const requested = {
  path: 'ask',
  approval_id: 'apr1',
  shown: { text: 'Pay?' },
  shown_digest: 'sha256:3',
  assignees: ['usr_ada'],
  quorum: 1,
  due_at: null,
};

async function someExecutions(): Promise<void> {
  await record(
    executionStream('a'),
    'default',
    ['ExecutionAccepted', acceptance({ tags: ['vip'], template_id: 't1' })],
    ['ApprovalRequested', requested],
    ['ApprovalClosed', { approval_id: 'apr1', path: 'ask', outcome: 'approved' }],
    ['ExecutionCompleted', { output: 'fine', metrics }],
  );
  await record(
    executionStream('b'),
    'other',
    ['ExecutionAccepted', acceptance({ template_id: 't1' })],
    ['ExecutionFailed', { ...failure, node_id: 'n', path: 'n', attempt: 1 }],
  );
  await record(executionStream('c'), 'default', ['ExecutionAccepted', acceptance()]);
}

/** As the command does, without a file. */
async function archive(...ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const events = await history(executionStream(id));
    const last = events.at(-1)!;
    await record(archiveStream('2026-11'), last.envelope.tenant, [
      'ExecutionArchived',
      {
        execution_id: id,
        ended_at: at,
        events: events.length,
        head: last.envelope.hash,
        file: 'executions.jsonl.gz',
        file_sha256: 'f'.repeat(64),
        payload: rowsToKeep(events),
      },
    ]);
    await store.tombstone(executionStream(id), last.revision);
  }
}

onEveryDatabase((fresh) => {
  beforeEach(() => {
    store = new MemoryEventStore();
  });
  afterEach(async () => {
    for (const readModel of readModels.splice(0)) await readModel.close();
  });

  const open = async (database: ReadDatabaseAddress): Promise<ReadModel> => {
    const readModel = await ReadModel.open({ database, reader: store, projector: 'inline', lingerMs: 0 });
    readModels.push(readModel);
    await seen(readModel);
    return readModel;
  };
  const seen = async (readModel: ReadModel) => expect(await readModel.waitFor((await store.head())!, 5_000)).toBe(true);
  /** Of every row that tells of an execution itself, and not of its archive. */
  const rows = async (address: ReadDatabaseAddress) => {
    const database = await openReadDatabase(address, 'read');
    const digest = await digestOf(
      database,
      projections.filter(({ name }) => name !== 'archived_executions'),
    );
    await database.close();
    return digest;
  };

  describe('What is listed of an execution', () => {
    it('is the same before it is archived, after, and when all is made anew', async () => {
      const [live, anew] = [await fresh(), await fresh()];
      await someExecutions();
      const readModel = await open(live);
      const before = await rows(live);
      const usage = await readModel.templateUsage.of('default', 't1');
      await archive('a', 'b');
      await seen(readModel);
      expect(await rows(live)).toBe(before);

      const rebuilt = await open(anew);
      expect(await rows(anew)).toBe(before);
      expect(await rebuilt.templateUsage.of('default', 't1')).toEqual(usage);
      expect(await rebuilt.digest()).toBe(await readModel.digest());
      expect(readModel.counts().projector.rows).toBeGreaterThan(0);
    });

    it('is the same where its events went before they were read', async () => {
      const [live, late] = [await fresh(), await fresh()];
      await someExecutions();
      await open(live);
      const before = await rows(live);
      await archive('b', 'a');
      const readModel = await open(late);
      expect(await rows(late)).toBe(before);
      expect((await readModel.lag()).parked).toBe(0);
    });

    it.each([1, 1_000])('is the same where the store gives a piece of what has gone, %i at a time', async (batch) => {
      const [live, anew] = [await fresh(), await fresh()];
      await someExecutions();
      await open(live);
      const before = await rows(live);
      const { log } = store as unknown as { log: (RecordedEvent | null)[] };
      const last = log.findIndex((event) => event?.stream === executionStream('a') && event.revision === 3n);
      const piece = log[last]!;
      await archive('a');
      log[last] = piece;

      const database = await openReadDatabase(anew, 'write');
      const turn = await turnAt(anew);
      const told: ProjectorStatus[] = [];
      const onProgress = (status: ProjectorStatus) => void told.push(status);
      const projector = new Projector({ database, turn, reader: store, projections, batch, lingerMs: 0, onProgress });
      projector.start();
      const head = (await store.head())!;
      await until(() => told.some(({ position }) => position >= head));
      await projector.close();
      expect(told.some(({ parked }) => parked > 0)).toBe(batch < 1_000);
      expect(told.at(-1)!.parked).toBe(0);
      expect(await database.sql.selectFrom('parked').selectAll().execute()).toEqual([]);
      await database.close();
      expect(await rows(anew)).toBe(before);
    });

    it('is told with where its history is, to its tenant alone', async () => {
      await someExecutions();
      await archive('a');
      const { archived } = await open(await fresh());
      expect(await archived.find('default', 'a')).toEqual({
        id: 'a',
        file: 'executions.jsonl.gz',
        file_sha256: 'f'.repeat(64),
        head: expect.stringMatching(/^[0-9a-f]{64}$/),
        events: 4,
        archived_at: at,
      });
      expect(await archived.find('other', 'a')).toBeNull();
      expect(await archived.find('default', 'c')).toBeNull();
    });
  });
});

it('Every table that is made of executions keeps those that are archived', () => {
  const ofExecutions = projections.filter(({ categories }) => categories.includes('execution'));
  expect(ofExecutions.length).toBeGreaterThan(1);
  for (const { name, categories, handles } of ofExecutions)
    expect([name, categories.includes('archive'), handles.includes('ExecutionArchived')]).toEqual([name, true, true]);
});

describe('What is kept of an execution', () => {
  const table = { columns: { id: 'text not null', tenant: 'text not null' }, indexes: {} } as Projection['table'];
  const counting = (columns: Record<string, string>, row: Row | Error): Projection =>
    keepingArchived({
      name: 'counts',
      version: 2,
      categories: ['execution'],
      handles: ['ExecutionAccepted'],
      table: { ...table, columns: { ...table.columns, ...columns } },
      evolve: () => {
        if (row instanceof Error) throw row;
        return row;
      },
    });
  const archivedAs = (payload: object) => ({
    event: { type: 'ExecutionArchived', data: { execution_id: 'a', payload } },
    id: 'a',
    tenant: 'default',
    at,
    position: '9',
  });

  it('has an empty column where it came later', () => {
    const projection = counting({ times: 'integer not null', why: 'text null', name: 'text not null' }, { id: 'a' });
    const row = projection.evolve(null, archivedAs({ counts: { version: 1, row: {} } }));
    expect(row).toEqual({ id: 'a', tenant: 'default', times: 0, why: null, name: '' });
  });

  it('is nothing where nothing was kept, and leaves what there is', () => {
    const projection = counting({}, { id: 'a' });
    expect(projection.evolve(null, archivedAs({}))).toBeNull();
    expect(projection.evolve({ id: 'a' }, archivedAs({}))).toEqual({ id: 'a' });
  });

  it('is refused where a table could not be made of it', async () => {
    store = new MemoryEventStore();
    await record(executionStream('a'), 'default', ['ExecutionAccepted', acceptance()]);
    const events = await history(executionStream('a'));
    expect(() => keptRows([counting({}, new Error('It does not fit.'))], events)).toThrow('It does not fit.');
  });
});
