import { describeEventStore, type OpenedStore } from '#event-store/testing';
import { EventStoreDbServer } from '../../test/support/eventstoredb/index.js';
import { openEsdbEventStore } from './index.js';

/** Open executions and payloads are kept elsewhere, and have their contract there. */
async function opened(server: EventStoreDbServer): Promise<OpenedStore> {
  const store = await openEsdbEventStore({ url: server.url });
  const close = async () => {
    await store.close();
    await server.stop();
  };
  const reopen = async () => {
    await store.close();
    return opened(server);
  };
  return { store, openExecutions: null, payloads: null, reopen, close };
}

const start = async () => opened(await EventStoreDbServer.start({ maxAppendSize: 4 * 1024 * 1024 }));

describeEventStore('EventStoreDB', start, { alone: true, clearsUpLater: true });
