import { EventStoreDbServer } from './eventstoredb/index.js';
import { newDatabase } from './postgres/new-database.js';

interface Stores {
  readonly variables: Readonly<Record<string, string>>;
  readonly server: EventStoreDbServer | null;
}

/** By the folder of the data: a second start finds what the first has left. */
const opened = new Map<string, Stores>();

/** What the environment says where the test command asks for other stores than the embedded ones (CHATTER_TEST_STORES). */
export async function storesOf(dir: string): Promise<Readonly<Record<string, string>>> {
  const stores = opened.get(dir) ?? (await newStores());
  opened.set(dir, stores);
  return stores.variables;
}

export async function forgetStores(dir: string): Promise<void> {
  await opened.get(dir)?.server?.stop();
  opened.delete(dir);
}

async function newStores(): Promise<Stores> {
  const asked = process.env['CHATTER_TEST_STORES'] ?? '';
  const variables: Record<string, string> = {};
  if (asked.endsWith('postgres')) variables['DATABASE_URL'] = await newDatabase();
  if (!asked.startsWith('esdb')) return { variables, server: null };
  const server = await EventStoreDbServer.start();
  variables['EVENT_STORE_URL'] = server.url;
  variables['AUTH_SECRET'] = 'the same for all processes of a test';
  return { variables, server };
}
