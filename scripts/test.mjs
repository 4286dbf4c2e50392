/**
 * Everything there is: unit, contract, replay, security and end-to-end specs, with coverage; then what goes through the whole
 * application once more on each other combination of stores, on a real PostgreSQL.
 * Closes with one line: `N passed, N failed, N skipped`. With CI=true a skipped test is a failure; else it is named.
 *
 * npm test [-- <jest arguments>]: with arguments, one round on the embedded stores only.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PostgresServer } from '../test/support/postgres/postgres-server.ts';

const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
const wholeApplication = ['test/e2e', 'test/security', 'test/guides'];
/** Some suites choose their stores themselves; and what is about the files of the embedded log is no suite where there are none. */
const otherStores = {
  'sqlite+postgres': ['--testPathIgnorePatterns=test/e2e/(several|rebuild|store-outage)'],
  'esdb+postgres': ['--testPathIgnorePatterns=test/e2e/(several|rebuild|store-outage|backup)'],
};
const folder = mkdtempSync(join(tmpdir(), 'chatter-test-'));
const asked = process.argv.slice(2);
const isCi = process.env.CI === 'true';

const totals = { passed: 0, failed: 0, skipped: 0 };
let broken = !round('on the embedded stores', [...coverage(), ...asked], {});
if (asked.length === 0) await onOtherStores();
rmSync(folder, { recursive: true });

const mustNotSkip = isCi && totals.skipped > 0;
if (mustNotSkip) console.log('With CI=true nothing may be skipped.');
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exit(broken || totals.failed > 0 || mustNotSkip ? 1 : 0);

function coverage() {
  return ['--coverage', '--coverageReporters=text-summary'];
}

async function onOtherStores() {
  if (PostgresServer.programs() === null) {
    for (const stores of Object.keys(otherStores))
      console.log(`SKIPPED: everything end to end on ${stores}: PostgreSQL is not installed`);
    totals.skipped += Object.keys(otherStores).length;
    return;
  }
  const postgres = await PostgresServer.start();
  try {
    for (const [stores, except] of Object.entries(otherStores)) {
      const variables = { CHATTER_TEST_STORES: stores, CHATTER_TEST_POSTGRES: postgres.url('postgres') };
      broken = !round(`on ${stores}`, [...wholeApplication, ...except], variables) || broken;
    }
  } finally {
    await postgres.stop();
  }
}

/** Whether all went well, but for what the totals tell. */
function round(name, args, variables) {
  console.log(`Tests ${name}`);
  const outputFile = join(folder, 'results.json');
  const options = ['--json', `--outputFile=${outputFile}`, '--maxWorkers=2', '--forceExit', ...args];
  const { status } = spawnSync(process.execPath, [...jest, ...options], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...variables },
  });
  const { testResults, numPassedTests, numFailedTests } = JSON.parse(readFileSync(outputFile, 'utf8'));
  const skipped = testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter((each) => ['pending', 'todo'].includes(each.status)),
  );
  for (const test of skipped) console.log(`SKIPPED: ${test.fullName}`);
  const brokenSuites = testResults.filter(
    ({ status: outcome, assertionResults }) => outcome === 'failed' && assertionResults.length === 0,
  ).length;
  totals.passed += numPassedTests;
  totals.failed += numFailedTests + brokenSuites;
  totals.skipped += skipped.length;
  return status === 0;
}
