import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  rmdirSync,
  mkdirSync,
  writeFileSync,
} from 'node:fs';
import { constants } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  BackupRefused,
  countIn,
  digestOf,
  makeDurable,
  manifestTables,
  readBackup,
  withoutManifest,
  type BackupManifest,
} from './backup-file.js';
import { lockDirectory } from './directory-lock.js';
import { asPosition } from './position.js';
import { verifyLog, type LogReport, type Referred } from './verify-log.js';

export interface BackUpOptions {
  /** Of the log; another process may be working in it. */
  readonly dir: string;
  /** Must not exist. */
  readonly file: string;
  /** RFC 3339, UTC, ms. */
  readonly at: string;
  /** The server's secret, where it is to go with the backup; null: it is kept elsewhere. */
  readonly secret: string | null;
  readonly referred: Referred;
}

export interface BackedUp {
  readonly manifest: BackupManifest;
  /** Of what was copied. A fault was in the log before; the backup is made all the same. */
  readonly report: LogReport;
}

/**
 * A copy of the log as it is at one moment, while another process writes to it: whatever was answered before is in it.
 * It is there as a whole or not at all, and readable by its owner alone.
 */
export async function backUp({ dir, file, at, secret, referred }: BackUpOptions): Promise<BackedUp> {
  const log = join(dir, 'events.db');
  if (!existsSync(log)) throw new BackupRefused(`There is no log in ${dir}. Say with DATA_DIR where it is.`);
  if (existsSync(file))
    throw new BackupRefused(`${file} is there already. Choose another name: nothing is overwritten.`);
  const part = `${file}.part`;
  rmSync(part, { force: true });
  try {
    closeSync(openSync(part, 'wx', 0o600));
    copyOf(log, part);
    const manifest = describe(part, at, secret);
    const report = await verifyLog({ file: part, referred });
    makeDurable(part);
    renameSync(part, file);
    makeDurable(dirname(resolve(file)));
    return { manifest, report };
  } finally {
    rmSync(part, { force: true });
  }
}

function copyOf(log: string, file: string): void {
  const source = new DatabaseSync(log, { readOnly: true });
  try {
    source.prepare('VACUUM INTO ?').run(file);
  } finally {
    source.close();
  }
}

function describe(file: string, at: string, secret: string | null): BackupManifest {
  const database = new DatabaseSync(file);
  try {
    database.exec(`CREATE TABLE IF NOT EXISTS tombstones (stream_id INTEGER PRIMARY KEY, position INTEGER NOT NULL)`);
    database.exec(manifestTables);
    const { last } = database.prepare('SELECT max(position) AS last FROM events').get() as { last: number | null };
    const manifest: BackupManifest = {
      format: 'chatter-backup',
      version: 1,
      made_at: at,
      position: last === null ? null : asPosition(last),
      streams: countIn(database, 'backup_heads'),
      events: countIn(database, 'events'),
      payloads: countIn(database, 'payloads'),
      open_executions: countIn(database, 'open_executions'),
      digest: digestOf(database),
    };
    const put = database.prepare('INSERT INTO backup_manifest (key, value) VALUES (?, ?)');
    put.run('manifest', JSON.stringify(manifest));
    if (secret !== null) put.run('auth_secret', secret);
    return manifest;
  } finally {
    database.close();
  }
}

/** Throws `BackupRefused` where the file was changed; whether what is in it verifies, the report says. */
export async function verifyBackup(file: string, referred: Referred): Promise<BackedUp> {
  const { manifest } = readBackup(file);
  return { manifest, report: await verifyLog({ file, referred }) };
}

export interface RestoreOptions {
  readonly file: string;
  /** Must be empty, or not exist. */
  readonly dir: string;
  readonly referred: Referred;
}

/**
 * Puts a backup where a process can be started over it.
 *
 * 1. A folder in which there is anything is refused.
 * 2. It must be the backup that was made, every chain must verify, and everything that an event refers to be there.
 * 3. What is checked is the copy, and it gets its name last: there is a whole log, or none.
 */
export async function restore({ file, dir, referred }: RestoreOptions): Promise<BackupManifest> {
  const isNew = !existsSync(dir);
  if (!isNew && readdirSync(dir).length > 0)
    throw new BackupRefused(`${dir} is not empty. Restore into a new folder, and point DATA_DIR at it.`); // rule 1
  mkdirSync(dir, { recursive: true });
  const lock = lockDirectory(dir);
  const part = join(dir, 'events.db.part');
  try {
    await copyFile(file, part, constants.COPYFILE_EXCL);
    const { manifest, secret } = readBackup(part);
    mustVerify(file, await verifyLog({ file: part, referred })); // rule 2
    becomeALog(part);
    if (secret !== null) writeFileSync(join(dir, 'auth-secret'), secret, { mode: 0o600, flag: 'wx' });
    renameSync(part, join(dir, 'events.db')); // rule 3
    makeDurable(dir);
    lock.release();
    return manifest;
  } catch (error) {
    lock.release();
    for (const name of readdirSync(dir)) rmSync(join(dir, name), { force: true });
    if (isNew) rmdirSync(dir);
    throw error;
  }
}

function mustVerify(file: string, { faults }: LogReport): void {
  const [first] = faults;
  if (!first) return;
  const others = faults.length > 1 ? `, and ${faults.length - 1} more streams are damaged` : '';
  throw new BackupRefused(
    `${file} does not verify: ${first.stream}, event ${first.revision}: ${first.reason}${others}. Use another backup.`,
  );
}

function becomeALog(file: string): void {
  const database = new DatabaseSync(file);
  try {
    database.exec(withoutManifest);
  } finally {
    database.close();
  }
  makeDurable(file);
}
