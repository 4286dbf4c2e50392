import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { genesis, seal } from '#event-store';
import { openSqliteEventStore } from '#event-store-sqlite';
import { ReadModel } from '../read-model.js';
import { acceptance } from '../testing/facts.js';
import { newFolder } from '../testing/folder.js';
import { noon } from '../testing/memory-log.js';

/** The thread runs compiled code only: without a build there is nothing to start. */
const threadEntry = new URL('../../../dist/libs/read-model/projector/projector-thread.js', import.meta.url);
const log = new URL('../../../dist/libs/event-store-sqlite/index.js', import.meta.url);
const built = [threadEntry, log].every((file) => existsSync(fileURLToPath(file)));

const accepted = (stream: string) =>
  seal({
    stream,
    revision: 0n,
    prev: genesis(stream),
    id: '0192f0c1-0000-7000-8000-000000000001',
    type: 'ExecutionAccepted',
    schema: 1,
    data: acceptance(),
    tenant: 'default',
    at: noon,
    actor: { sub: 'usr_ada', via: 'session' },
    causationId: 'request',
    correlationId: 'errand',
  });

describe("the projector's thread, as built", () => {
  (built ? it : it.skip)('folds what is appended to the embedded log', async () => {
    const { dir, remove } = newFolder();
    const { store, close } = await openSqliteEventStore({ dir });
    const readModel = await ReadModel.open({
      reader: store,
      database: { kind: 'sqlite', dir },
      projector: { thread: { kind: 'embedded', dir } },
      lingerMs: 5,
      threadEntry,
    });
    const { position } = await store.append('execution-e1', 'no_stream', [accepted('execution-e1')]);
    readModel.wake();
    expect(await readModel.waitFor(position, 10_000)).toBe(true);
    expect((await readModel.executions.list({ tenant: 'default' })).rows).toMatchObject([{ id: 'e1', position }]);
    expect(await readModel.lag()).toEqual({ events: 0, done: 1, parked: 0, rebuilding: [], failing: null });
    expect(readModel.counts().projector).toMatchObject({ rows: 2 });
    await readModel.close();
    await close();
    remove();
  });
});
