/**
 * Asks a real EventStoreDB (or KurrentDB) what every store of events is asked. What it writes has names of its own; nothing that
 * is there is touched. See docs/guides/eventstoredb.md.
 *
 * npm run test:esdb -- --url 'esdb://admin:changeit@localhost:2113?tls=false'
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { url: { type: 'string' } } });
if (!values.url) {
  console.error("Usage: npm run test:esdb -- --url 'esdb://user:password@host:2113?tls=false'");
  process.exit(2);
}
const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
const { status } = spawnSync(process.execPath, [...jest, 'libs/event-store-esdb/any-server', '--forceExit'], {
  stdio: 'inherit',
  env: { ...process.env, CHATTER_TEST_ESDB_URL: values.url },
});
process.exit(status ?? 1);
