import {
  AccessDeniedError,
  jsonEvent,
  StreamNotFoundError,
  WrongExpectedVersionError,
  type EventStoreDBClient,
} from '@eventstore/db-client';
import { StoreUnavailable } from '#event-store';
import { Connection } from './connection.js';

/** Of `$all`: who may read the whole log stands there. */
const metadataOfAll = '$$$all';

/** Whom the server lets read `$all` where no list says another. */
const byDefault = ['$admins'];

type Given = 'given' | 'had_already' | 'denied';

/**
 * Lets a user, or a group, read `$all`; `url` is an administrator's. What else stands in the metadata of `$all` stays, and so do
 * all others who may read it. Over the same protocol as everything else: AtomPub is off by default.
 */
export async function letReadAll(url: string, reader: string): Promise<Given> {
  const connection = new Connection(url, { warn: () => undefined });
  try {
    return await connection.ask('append', (client) => given(client, reader));
  } finally {
    await connection.close();
  }
}

async function given(client: EventStoreDBClient, reader: string): Promise<Given> {
  try {
    const { metadata, revision } = await read(client);
    const readers = [metadata.$acl?.$r ?? byDefault].flat();
    if (readers.includes(reader) || readers.includes('$all')) return 'had_already';
    const data = { ...metadata, $acl: { ...metadata.$acl, $r: [...readers, reader] } };
    await client.appendToStream(metadataOfAll, jsonEvent({ type: '$metadata', data }), { expectedRevision: revision });
    return 'given';
  } catch (error) {
    if (error instanceof AccessDeniedError) return 'denied';
    if (error instanceof WrongExpectedVersionError)
      throw new StoreUnavailable('Someone else has changed the rights on $all at this moment. Do it again.');
    throw error;
  }
}

interface Metadata {
  readonly $acl?: { readonly $r?: string | readonly string[] };
}

async function read(client: EventStoreDBClient): Promise<{ metadata: Metadata; revision: bigint | 'no_stream' }> {
  const options = { direction: 'backwards', fromRevision: 'end', maxCount: 1 } as const;
  try {
    for await (const { event } of client.readStream(metadataOfAll, options))
      if (event) return { metadata: event.data as Metadata, revision: event.revision };
  } catch (error) {
    if (!(error instanceof StreamNotFoundError)) throw error;
  }
  return { metadata: {}, revision: 'no_stream' };
}
