import { expect, it } from '@jest/globals';
import type { Type } from '@nestjs/common';
import { ReadModel } from '#read-model';
import { runCommand } from '../../src/cli/run-command.js';
import { Chatter } from '../support/chatter.js';
import { describeEmbedded } from '../support/embedded.js';
import { custom, node } from '../support/graphs.js';
import { describeOnPostgres, postgresDatabase } from '../support/postgres/index.js';

/** Real executions of every outcome, dropped from the tables and folded again. */
async function sameAfterRebuild(variables: Record<string, string>): Promise<void> {
  const chatter = await Chatter.boot({ variables });
  const lists = () => chatter.get(ReadModel as unknown as Type<ReadModel>);
  const command = async () => {
    const said: string[] = [];
    const tell = (text: string) => void said.push(text);
    const surroundings = {
      variables: { ...variables, DATA_DIR: chatter.dataDir },
      now: Date.now,
      say: tell,
      complain: tell,
    };
    return { code: await runCommand(['rebuild'], surroundings), said: said.join('\n') };
  };
  const digest = async () => {
    await chatter.call('GET', '/api/v1/workflows/executions'); // lists have caught up
    return lists().digest();
  };
  try {
    await chatter.execute(custom(node('t', 'transform', { value: 'fine' })));
    await chatter.execute(custom(node('t', 'transform', { value: '{{ input.nope.nope }}' })));
    const waits = await chatter.execute(custom(node('w', 'approval', { title: 'May it?' })));
    await chatter.execute(custom(node('w', 'wait_signal', { name: 'never' })));
    await chatter.call('POST', `/api/v1/workflows/executions/${waits.body.execution_id}/cancel`, {});
    await chatter.call('POST', '/api/v1/documents', { title: 'Handbook', text: 'Words.' });
    await chatter.call('POST', '/api/v1/conversations', {});
    const before = await digest();

    expect(await command()).toMatchObject({
      code: 1,
      said: expect.stringMatching(/another process|keeps the tables|works in/i),
    });
    await chatter.stop();
    expect(await command()).toMatchObject({ code: 0, said: expect.stringContaining('makes them anew') });
    await chatter.start();
    expect(await digest()).toBe(before);
    expect((await chatter.call('GET', '/api/v1/workflows/executions')).body.total_count).toBe(4);
  } finally {
    await chatter.close();
  }
}

describeEmbedded('Lists that are made anew, in SQLite', () => {
  it('are what they were, to the letter, and not while a server has them', () => sameAfterRebuild({}));
});

describeOnPostgres('Lists that are made anew, in PostgreSQL', () => {
  it('are what they were, to the letter, and not while a server has them', async () =>
    sameAfterRebuild({ DATABASE_URL: await postgresDatabase() }));
});
