import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { executionStream } from '#event-store';
import { openSqliteEventStore } from '#event-store-sqlite';
import { sealedChain } from '../../libs/event-store/testing/index.js';
import { accepted, recordIn, runIn } from '../archive/testing/recorded-runs.js';
import { certificate, EventStoreDbServer } from '../../test/support/eventstoredb/index.js';
import { runCommand } from './run-command.js';

let root: string;
let data: string;
let said: string;
let complained: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cli-'));
  data = join(root, 'data');
  mkdirSync(data);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const run = (args: readonly string[], variables: Record<string, string> = {}) => {
  said = '';
  complained = '';
  return runCommand(args, {
    variables: { DATA_DIR: data, LOG_LEVEL: 'silent', ...variables },
    now: () => Date.parse('2026-11-23T08:00:00.000Z'),
    say: (text) => void (said += `${text}\n`),
    complain: (text) => void (complained += `${text}\n`),
  });
};
const at = (name: string) => join(root, name);
const stream = executionStream('0198c1f0-0000-7000-8000-000000000001');
const write = async () => {
  const log = await openSqliteEventStore({ dir: data });
  await log.store.append(stream, 'no_stream', sealedChain([1, 2], { stream }));
  await log.close();
};
const spoil = (file: string) => {
  const database = new DatabaseSync(file);
  database.exec(`UPDATE events SET data = '{}'`);
  database.close();
};

describe('chatter', () => {
  it('shows what it can do', async () => {
    expect(await run(['help'])).toBe(0);
    expect(said).toContain('backup <file>');
    expect(await run(['dance'])).toBe(2);
    expect(complained).toContain('There is no command "dance".');
    expect(complained).toContain('Usage:');
  });

  it('backs up, verifies and restores', async () => {
    await write();
    expect(await run(['backup', at('copy.db')])).toBe(0);
    expect(said).toContain('2 events in 1 streams');
    expect(said).toMatch(/SHA-256 of the file: [0-9a-f]{64}/);
    expect(said).toContain('Keep AUTH_SECRET');
    expect(await run(['verify', at('copy.db')])).toBe(0);
    expect(said).toContain('Verified: 2 events');
    expect(await run(['restore', at('copy.db'), '--data-dir', at('other')])).toBe(0);
    expect(said).toContain('all verified');
    expect(said).toContain('Start it with the AUTH_SECRET');
    expect(await run(['verify', '--all'], { DATA_DIR: at('other') })).toBe(0);
    expect(said).toBe('Verified: 1 streams, 2 events.\n');
    expect(await run(['verify', '--stream', 'exec_0198c1f0-0000-7000-8000-000000000001'])).toBe(0);
  });

  it('takes the secret along where it is told to', async () => {
    await write();
    expect(await run(['backup', at('copy.db'), '--with-secret'])).toBe(1);
    expect(complained).toContain('leave --with-secret out');
    writeFileSync(join(data, 'auth-secret'), 'a secret of forty characters or even more');
    expect(await run(['backup', at('copy.db'), '--with-secret'])).toBe(0);
    expect(await run(['restore', at('copy.db')], { DATA_DIR: at('other') })).toBe(0);
    expect(said).not.toContain('AUTH_SECRET');
    expect(readFileSync(join(at('other'), 'auth-secret'), 'utf8')).toMatch(/^a secret of forty/);
  });

  it('names what is damaged', async () => {
    await write();
    await run(['backup', at('copy.db')]);
    spoil(join(data, 'events.db'));
    spoil(at('copy.db'));
    expect(await run(['verify'])).toBe(1);
    expect(said).toContain(`The log is damaged, in 1 stream:\n  ${stream}, event 0: data_hash`);
    expect(await run(['verify', at('copy.db')])).toBe(1);
    expect(await run(['backup', at('second.db')])).toBe(1);
    expect(said).toContain('The log is damaged, and so is the backup');
    expect(await run(['restore', at('copy.db'), '--data-dir', at('other')])).toBe(1);
    expect(complained).toContain('does not verify');
    expect(existsSync(at('other'))).toBe(false);
  });

  it.each([
    [['backup', 'x.db'], 'There is no log in'],
    [['restore', 'none.db'], 'There is no file none.db'],
    [['verify'], 'Say with DATA_DIR where the log is'],
    [['verify', 'none.db'], 'There is no file none.db'],
    [['archive', '--closed-before', '2026-01-01', '--to', 'x'], 'There is no log in'],
  ])('says what is missing for %p', async (args, message) => {
    expect(await run(args)).toBe(1);
    expect(complained).toContain(message);
    expect(complained).not.toContain('    at ');
    expect(readdirSync(data)).toEqual([]);
  });

  it('knows its own files', async () => {
    writeFileSync(at('else.txt'), 'something else');
    expect(await run(['verify', at('else.txt')])).toBe(1);
    expect(complained).toContain('is neither a backup nor a file of archived executions');
    await write();
    expect(await run(['verify', '--stream', 'execution-none'])).toBe(1);
    expect(complained).toContain('There is no stream execution-none');
  });

  it('leaves a log in EventStoreDB to its own tools', async () => {
    const url = { EVENT_STORE_URL: 'esdb://127.0.0.1:2113' };
    for (const args of [
      ['backup', at('x')],
      ['restore', at('x')],
    ]) {
      expect(await run(args, url)).toBe(1);
      expect(complained).toContain('EVENT_STORE_URL is set');
    }
  });

  it('lets a user of EventStoreDB read the whole log, and says what it has done', async () => {
    expect(await run(['acl', 'chatter'])).toBe(1);
    expect(complained).toContain('Set EVENT_STORE_URL to the address');
    expect(await run(['acl', 'chatter'], { EVENT_STORE_URL: 'http://admin:hidden@host' })).toBe(1);
    expect(complained).not.toContain('hidden');
    const tls = certificate();
    writeFileSync(at('ca.crt'), tls.cert);
    const credentials = { admin: { password: 'changeit' }, chatter: { password: 'secret' } };
    const server = await EventStoreDbServer.start({ credentials, tls });
    const as = (user: string) => ({
      EVENT_STORE_URL: `esdb://${user}@127.0.0.1:${server.port}?tls=true&tlsCAFile=${encodeURIComponent(at('ca.crt'))}`,
    });
    try {
      expect(await run(['acl', 'chatter'], as('chatter:secret'))).toBe(1);
      expect(complained).toContain('Name a member of $admins in EVENT_STORE_URL');
      expect(await run(['acl', 'chatter'], as('admin:changeit'))).toBe(0);
      expect(said).toContain('chatter may read $all from now on');
      expect(await run(['acl', 'chatter'], as('admin:changeit'))).toBe(0);
      expect(said).toContain('chatter may read $all already');
    } finally {
      await server.stop();
    }
  });

  it('archives nothing where there is nothing, and not beside a server', async () => {
    await write();
    expect(await run(['archive', '--closed-before', '2026-01-01', '--to', at('a')])).toBe(0);
    expect(said).toContain('Nothing to archive.');
    const log = await openSqliteEventStore({ dir: data });
    expect(await run(['archive', '--closed-before', '2026-01-01', '--to', at('a')])).toBe(1);
    expect(complained).toContain('Another process is working in');
    await log.close();
  });

  it('archives what is over, says what stays, and verifies the file', async () => {
    const log = await openSqliteEventStore({ dir: data });
    for (let n = 0; n < 3; n += 1) await runIn(log.store, `fine-${n}`);
    for (let n = 0; n < 22; n += 1)
      await runIn(log.store, `child-${n}`, { parent: { execution_id: 'open', path: 'p', depth: 1 } });
    await recordIn(log.store, executionStream('open'), 'ExecutionAccepted', accepted());
    await log.close();
    const archive = ['archive', '--closed-before', '2026-02-01', '--to', at('a')];
    expect(await run([...archive, '--dry-run'])).toBe(0);
    expect(said).toContain('Would archive 3 executions, 6 events. Nothing was changed.');
    expect(said).toContain('22 stay in the log:\n  child-0: its parent open has not ended');
    expect(said).toContain('  and 2 more');
    expect(await run(archive)).toBe(0);
    expect(said).toContain('Archived 3 executions, 6 events into');
    const [file] = readdirSync(at('a'));
    expect(await run(['verify', join(at('a'), file!)])).toBe(0);
    expect(said).toContain('Verified: 3 archived executions, 6 events, 0 stored values.');
    writeFileSync(join(at('a'), file!), readFileSync(join(at('a'), file!)).subarray(0, 99));
    expect(await run(['verify', join(at('a'), file!)])).toBe(1);
    expect(complained).toContain('cannot be read to its end');
  });

  it('names twenty damaged streams, and counts the others', async () => {
    const log = await openSqliteEventStore({ dir: data });
    for (let n = 0; n < 22; n += 1) await runIn(log.store, `${n}`);
    await log.close();
    spoil(join(data, 'events.db'));
    expect(await run(['verify'])).toBe(1);
    expect(said).toContain('The log is damaged, in 22 streams:');
    expect(said).toContain('  and 2 more');
  });

  it('starts no server that cannot be what it is asked to be', async () => {
    expect(await run(['serve', '--role', 'worker'])).toBe(1);
    expect(complained).toContain('ROLE is "worker" without EVENT_STORE_URL');
    expect(await run([], { PORT: 'many' })).toBe(1);
    expect(complained).toContain('PORT is "many"');
  });
});
