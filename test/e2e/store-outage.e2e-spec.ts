import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { describeOnPostgres } from '../support/postgres/index.js';

const script = fileURLToPath(new URL('../chaos/outage.mjs', import.meta.url));

/** A short one of `npm run chaos:outage`, on the server as it is built. */
describeOnPostgres('A store that is away for a while', () => {
  it.each([
    ['the log, killed', 'killed'],
    ['the log, frozen', 'frozen'],
    ['PostgreSQL, killed', 'database'],
  ])(
    '(%s) is told to whoever needs it, and everything goes on when it is back',
    async (_, how) => {
      const options = [
        '--disable-warning=ExperimentalWarning',
        script,
        '--seconds',
        '6',
        '--executions',
        '15',
        '--soon',
        '60000',
      ];
      const { stdout } = await promisify(execFile)(process.execPath, [...options, '--how', how]);
      const counts = JSON.parse(/^\{.*\}$/m.exec(stdout)![0]) as Record<string, number>;
      expect(counts['accepted']).toBeGreaterThan(15);
      expect(counts).toMatchObject({
        unexpectedAnswers: 0,
        completed: counts['accepted'],
        lost: 0,
        afterCompletion: 0,
      });
      expect(counts).toMatchObject({ wrongKeys: 0, secondEnds: 0, brokenChains: 0 });
    },
    300_000,
  );
});
