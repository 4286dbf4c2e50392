import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { describeOnPostgres } from '../support/postgres/index.js';

const script = fileURLToPath(new URL('../chaos/workers.mjs', import.meta.url));

/** A small one of `npm run chaos:workers`, on the server as it is built. */
describeOnPostgres('Workers that are killed and frozen', () => {
  it('lose nothing, repeat no step that was recorded, and end each execution once', async () => {
    const options = ['--disable-warning=ExperimentalWarning', script, '--executions', '60', '--seconds', '10'];
    const { stdout } = await promisify(execFile)(process.execPath, options);
    const counts = JSON.parse(/^\{.*\}$/m.exec(stdout)![0]) as Record<string, number>;
    expect(counts).toMatchObject({ accepted: 60, completed: 60, lost: 0, afterCompletion: 0, wrongKeys: 0 });
    expect(counts).toMatchObject({ secondEnds: 0, brokenChains: 0 });
    expect(counts['kills']).toBeGreaterThan(0);
    expect(counts['freezes']).toBeGreaterThan(0);
  }, 300_000);
});
