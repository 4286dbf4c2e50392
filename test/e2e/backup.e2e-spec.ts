import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { AnyBody } from '../support/chatter.js';
import { describeEmbedded } from '../support/embedded.js';
import { custom, node } from '../support/graphs.js';
import { runProgram, ServerProcess, type Ran } from '../support/program.js';

const guide = readFileSync(new URL('../../docs/guides/backup-and-retention.md', import.meta.url), 'utf8');
const commands = guide.split('\n').flatMap((line) => /^npm run chatter -- (.*)$/.exec(line)?.[1] ?? []);

const many = 200;
const before = 120;
/** Open for a while, with a timer, then a step more. */
const graph = custom(
  node('first', 'transform', { value: 'begun' }),
  node('rest', 'delay', { duration_ms: 3_000 }),
  node('last', 'transform', { value: 'done' }),
);

/** Every command of the guide, in its order, on the program as it is built. */
describeEmbedded('Backup and retention, as the guide says', () => {
  let root: string;
  let data: string;
  let restored: string;
  let server: ServerProcess;
  let apiKey: string;
  const ids: string[] = [];
  const done: string[] = [];

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'chatter-backup-'));
    data = join(root, 'data');
    restored = join(root, 'srv/chatter');
    mkdirSync(join(root, 'backups'));
    server = await ServerProcess.start(data);
    apiKey = server.apiKey!;
  });
  afterAll(async () => {
    await server.end('SIGKILL');
    rmSync(root, { recursive: true, force: true });
  });

  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${server.url}/api/v1/workflows/${path}`, {
      method,
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as AnyBody };
  };
  const begin = async (count: number): Promise<void> => {
    for (let at = 0; at < count; at += 1) {
      const key = `key-${ids.length}`;
      const { status, body } = await call('POST', 'execute', graph, {
        prefer: 'respond-async',
        'idempotency-key': key,
      });
      expect(status).toBe(202);
      ids.push(body.execution_id);
    }
  };
  /** The one command of the guide that begins so, with this machine's names in it. */
  const run = (beginning: string, dir: string, places: Record<string, string> = {}): Promise<Ran> => {
    const command = commands.find((each) => each.startsWith(beginning) && !done.includes(each))!;
    done.push(command);
    const words = command.replaceAll(/\/(backups|srv)/g, `${root}/$1`).split(' ');
    return runProgram(
      words.map((word) => places[word] ?? word),
      dir,
    );
  };
  const listed = async () => {
    const { body } = await call('GET', 'executions?limit=200&sort=started_at');
    return { count: body.total_count, rows: body.executions };
  };

  it('a backup is made while executions run and begin, and its server is killed', async () => {
    await begin(before);
    const [backup] = await Promise.all([run('backup', data), begin(many - before)]);
    expect(backup).toMatchObject({ code: 0, said: expect.stringMatching(/[1-9]\d* open executions/) });
    await server.end('SIGKILL');
  });

  it('what was backed up verifies, and so does what was left', async () => {
    expect(await run('verify /backups/chatter.db', data)).toMatchObject({
      code: 0,
      said: expect.stringContaining('Verified: '),
    });
    expect(await run('verify --all', data)).toMatchObject({ code: 0 });
    const stream = ids[0]!.replace('exec_', 'execution-');
    const names = { 'execution-0198c1f0-0000-7000-8000-000000000001': stream };
    expect((await run('verify --stream', data, names)).said).toMatch(/^Verified: 1 streams, \d+ events\.\n$/);
  });

  it('restored elsewhere, every execution that was accepted before completes, its chain whole', async () => {
    expect(await run('restore', data)).toMatchObject({ code: 0, said: expect.stringContaining('all verified') });
    copyFileSync(join(data, 'auth-secret'), join(restored, 'auth-secret'));
    server = await ServerProcess.start(restored);
    for (const id of ids.slice(0, before)) {
      let { body } = await call('GET', `executions/${id}`);
      while (!['completed', 'failed'].includes(body.status)) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        ({ body } = await call('GET', `executions/${id}`));
      }
      expect(body).toMatchObject({ status: 'completed', output: 'done' });
      expect((await call('GET', `executions/${id}/verify`)).body).toMatchObject({ valid: true });
    }
    const again = await call('POST', 'execute', graph, { prefer: 'respond-async', 'idempotency-key': 'key-0' });
    expect(again.body.execution_id).toBe(ids[0]);
  });

  it('what is over is archived, and still listed and counted as before', async () => {
    let left = await listed();
    while (left.rows.some(({ status }: { status: string }) => status !== 'completed')) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      left = await listed();
    }
    await server.end('SIGTERM');
    const now = { '2026-10-01': new Date().toISOString() };
    const dry = await run('archive', restored, now);
    expect(dry).toMatchObject({ code: 0, said: expect.stringContaining(`Would archive ${left.count} executions`) });
    const archived = await run('archive', restored, now);
    expect(archived).toMatchObject({ code: 0, said: expect.stringContaining(`Archived ${left.count} executions`) });
    const folder = join(root, 'backups/archive');
    const [file] = readdirSync(folder);
    const name = { [`${folder}/executions-2026-11-23T08-00-00-000Z.jsonl.gz`]: join(folder, file!) };
    expect(await run('verify /backups/archive', restored, name)).toMatchObject({
      code: 0,
      said: expect.stringContaining(`Verified: ${left.count} archived executions`),
    });

    for (const end of ['', '-wal', '-shm']) rmSync(join(restored, `read.db${end}`), { force: true });
    server = await ServerProcess.start(restored, []);
    expect(await listed()).toEqual(left);
    expect((await runProgram(['verify'], restored)).code).toBe(0);
    for (const path of ['', '/events', '/verify', '/state', '/logs']) {
      const { status, body } = await call('GET', `executions/${ids[0]}${path}`);
      expect([path, status, body.code]).toEqual([path, 410, 'execution_archived']);
      expect(body.archived).toMatchObject({ file, events: expect.any(Number), head: expect.any(String) });
    }
    expect(await call('POST', `executions/${ids[0]}/cancel`)).toMatchObject({ status: 410 });
    expect(await call('POST', `executions/${ids[0]}/retry`, { from: 'start' })).toMatchObject({ status: 410 });
    const again = await call('POST', 'execute', graph, { prefer: 'respond-async', 'idempotency-key': 'key-0' });
    expect(again).toMatchObject({ status: 410, body: { code: 'execution_archived' } });
    const unknown = 'exec_0198c1f0-0000-7000-8000-000000000001';
    expect(await call('GET', `executions/${unknown}`)).toMatchObject({ status: 404 });
  });

  it('and that was every command of the guide', () => {
    expect(done.toSorted()).toEqual(commands.toSorted());
  });
});

it('A log in EventStoreDB is backed up by its own tools', async () => {
  const variables = { EVENT_STORE_URL: 'esdb://127.0.0.1:2113' };
  const { code, said } = await runProgram(['backup', 'chatter.db'], tmpdir(), variables);
  expect([code, said]).toEqual([
    1,
    expect.stringContaining('back up EventStoreDB and PostgreSQL with their own tools'),
  ]);
});
