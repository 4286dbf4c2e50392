import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { executionStream } from '#event-store';
import { describeEventStore, Room, sealedChain, type OpenedStore } from '#event-store/testing';
import { EventStoreDbServer } from '../../test/support/eventstoredb/index.js';
import { openEsdbEventStore, type EsdbEventStore } from './index.js';

/**
 * What is asked of a server that others use as well: it is not empty, and whatever is in it stays as it is. `npm run test:esdb --
 * --url esdb://…` names a real one here, which has to take appends of 4 MiB; without, it is one of the tests' own for all of them.
 */
const real = process.env['CHATTER_TEST_ESDB_URL'];
const name = real === undefined ? 'A server that is not empty' : 'This server';

let own: EventStoreDbServer | null = null;
let url = real ?? '';
beforeAll(async () => {
  if (real !== undefined) return;
  own = await EventStoreDbServer.start({ maxAppendSize: 4 * 1024 * 1024 });
  url = own.url;
  await writeAsOthersDo();
});
afterAll(() => own?.stop());

/** Streams of another application's: one is called as ours are, and none of them holds what ours hold. */
async function writeAsOthersDo(): Promise<void> {
  const client = EventStoreDBClient.connectionString(url);
  for (const stream of [`order-${randomUUID()}`, `execution-${randomUUID()}`])
    await client.appendToStream(
      stream,
      [1, 2, 3].map((n) => jsonEvent({ type: 'StepCompleted', data: { n } })),
    );
  await client.dispose();
}

const opened = (room: Room): OpenedStore => ({
  store: room,
  openExecutions: null,
  payloads: null,
  close: () => room.close(),
  reopen: async () => {
    await room.close();
    return opened(room.reopenedIn(await openEsdbEventStore({ url })));
  },
});

const open = async () => opened(await Room.in(await openEsdbEventStore({ url })));

describeEventStore(name, open, { alone: true, clearsUpLater: true });

describe(`${name}, with several processes on it`, () => {
  let store: EsdbEventStore;
  beforeAll(async () => {
    store = await openEsdbEventStore({ url });
  });
  afterAll(() => store.close());

  it('tells what appends change among the open executions', async () => {
    const from = (await store.head())!;
    const stream = executionStream(randomUUID());
    const row = { stream, tenant: 'default', priority: 0, status: 'running', dueAt: null, driver: 'me' } as const;
    await store.append(stream, 'no_stream', sealedChain([1, 2], { stream, writer: stream }), { row });
    const stop = new AbortController();
    for await (const change of store.openChanges({ from, signal: stop.signal })) {
      if (change.type === 'caught_up' || change.stream !== stream) continue;
      expect(change).toMatchObject({ revision: 1n, open: { row } });
      stop.abort();
    }
  });
});
