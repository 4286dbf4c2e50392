/**
 * What another client, written by others, makes of the server: prints a report as JSON. A process of its own, because
 * it cannot share one with @eventstore/db-client.
 *
 *   node kurrent-client.mjs esdb://127.0.0.1:2113?tls=false
 */
import {
  BACKWARDS,
  END,
  jsonEvent,
  KurrentDBClient,
  START,
  streamNameFilter,
  WrongExpectedVersionError,
} from '@kurrent/kurrentdb-client';

const client = KurrentDBClient.connectionString(process.argv[2].replace(/^esdb/, 'kurrentdb'));
const counted = (n) => jsonEvent({ type: 'Counted', data: { n }, metadata: { by: 'kurrent' } });

const attempt = async (act) => {
  try {
    await act();
    return 'done';
  } catch (error) {
    const { type, actualState, actualVersion } = error;
    const wrong = error instanceof WrongExpectedVersionError;
    return { type, wrong, ...(wrong && { actual: `${actualState ?? actualVersion}` }) };
  }
};

const collect = async (events) => {
  const all = [];
  for await (const { event } of events) all.push(event);
  return all;
};

const take = async (subscription, count) => {
  const taken = [];
  for await (const { event } of subscription) {
    if (taken.push(event) === count) break;
  }
  return taken;
};

const short = ({ streamId, revision, data }) => `${streamId}@${revision}:${data.n}`;

const report = {};

const first = await client.appendToStream('kurrent-1', [counted(1), counted(2)], { streamState: 'no_stream' });
report.appended = { success: first.success, next: `${first.nextExpectedRevision}` };
report.conflict = await attempt(() => client.appendToStream('kurrent-1', counted(9), { streamState: 'no_stream' }));
report.stale = await attempt(() => client.appendToStream('kurrent-1', counted(9), { streamState: 0n }));

const again = counted(3);
const second = await client.appendToStream('kurrent-1', again, { streamState: 1n });
const third = await client.appendToStream('kurrent-1', again, { streamState: 1n });
report.repeated = `${second.position.commit}` === `${third.position.commit}`;

const forwards = await collect(client.readStream('kurrent-1', { direction: 'forwards', fromRevision: START }));
report.forwards = forwards.map(short);
report.metadata = forwards[0].metadata;
report.backwards = (
  await collect(client.readStream('kurrent-1', { direction: BACKWARDS, fromRevision: END, maxCount: 2 }))
).map(short);
report.missing = await attempt(() => collect(client.readStream('kurrent-none')));

const stream = client.subscribeToStream('kurrent-1', { fromRevision: 0n });
const streamed = take(stream, 3);
const filter = streamNameFilter({ prefixes: ['kurrent-'] });
const all = client.subscribeToAll({ fromPosition: START, filter });
const followed = take(all, 5);
await client.appendToStream('kurrent-1', counted(4), { streamState: 2n });
await client.appendToStream('kurrent-2', counted(1), { streamState: 'no_stream' });
report.streamed = (await streamed).map(short);
report.followed = (await followed).map(short);

report.all = (await collect(client.readAll({ filter, maxCount: 10 }))).map(short);
const fromTheEnd = await collect(client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 1 }));
report.last = fromTheEnd.map(short);

await client.deleteStream('kurrent-2');
report.deleted = await attempt(() => collect(client.readStream('kurrent-2')));
await client.tombstoneStream('kurrent-1', { expectedRevision: 3n });
report.tombstoned = await attempt(() => collect(client.readStream('kurrent-1')));
report.closed = await attempt(() => client.appendToStream('kurrent-1', counted(5), { streamState: 3n }));

console.log(JSON.stringify(report));
process.exit(0);
