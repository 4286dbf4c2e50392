import { MemoryEventStore } from '../index.js';
import { describeEventStore } from '../testing/index.js';

describeEventStore('MemoryEventStore', async () => {
  const store = new MemoryEventStore();
  return {
    store,
    openExecutions: store.openExecutions,
    payloads: store.payloads,
    reopen: null,
    close: () => store.close(),
  };
});
