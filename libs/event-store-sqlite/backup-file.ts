import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** What a backup says about itself. It stands in the file, beside what it tells of. */
export interface BackupManifest {
  readonly format: 'chatter-backup';
  readonly version: 1;
  /** RFC 3339, UTC, ms. */
  readonly made_at: string;
  /** Of the newest event in it; null: the log was empty. */
  readonly position: string | null;
  readonly streams: number;
  readonly events: number;
  readonly payloads: number;
  readonly open_executions: number;
  /** SHA-256 over every event's place and hash, every payload's digest, and whatever else is in the log. */
  readonly digest: string;
}

/** The file is not a backup that this version can read, or it has been changed. */
export class BackupRefused extends Error {
  readonly code = 'backup_refused';
}

/** Null: its envelope is damaged. */
const hashOfEvent = `CASE WHEN json_valid(e.envelope) THEN json_extract(e.envelope, '$.hash') END`;

export const manifestTables = `
  CREATE TABLE backup_manifest (key TEXT PRIMARY KEY, value TEXT NOT NULL);
  CREATE TABLE backup_heads (stream TEXT PRIMARY KEY, revision INTEGER NOT NULL, hash TEXT NOT NULL) WITHOUT ROWID;
  INSERT INTO backup_heads SELECT s.name, e.revision, coalesce(${hashOfEvent}, '')
    FROM events e JOIN streams s ON s.id = e.stream_id
    WHERE e.revision = (SELECT max(l.revision) FROM events l WHERE l.stream_id = e.stream_id);
`;
export const withoutManifest = 'DROP TABLE backup_manifest; DROP TABLE backup_heads';

/** All that is in a backup, each a list of lines. */
const contents = [
  'SELECT name, category FROM streams ORDER BY name',
  `SELECT e.position, s.name, e.revision, e.id, e.type, ${hashOfEvent} AS hash
   FROM events e CROSS JOIN streams s ON s.id = e.stream_id ORDER BY e.position`,
  'SELECT s.name, t.position FROM tombstones t JOIN streams s ON s.id = t.stream_id ORDER BY t.stream_id',
  'SELECT tenant, sha256, length(bytes) AS size FROM payloads ORDER BY tenant, sha256',
  'SELECT stream, tenant, priority, status, due_at FROM open_executions ORDER BY stream',
  'SELECT stream, revision, hash FROM backup_heads ORDER BY stream',
];

export function digestOf(database: DatabaseSync): string {
  const digest = createHash('sha256');
  for (const text of contents) {
    digest.update(`${text.length}\n`);
    for (const row of database.prepare(text).iterate()) digest.update(`${JSON.stringify(Object.values(row))}\n`);
  }
  return digest.digest('hex');
}

export function countIn(database: DatabaseSync, table: string): number {
  return Number((database.prepare(`SELECT count(*) AS count FROM ${table}`).get() as { count: number }).count);
}

/** Throws `BackupRefused` where it is none, or where what is in it is not what its manifest says. */
export function readBackup(file: string): { readonly manifest: BackupManifest; readonly secret: string | null } {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const { manifest, secret } = manifestIn(database, file);
    mustHoldOnlyData(database, file);
    if (digestOf(database) !== manifest.digest)
      throw new BackupRefused(`${file} has been changed since it was made: its digest is another. Use another backup.`);
    return { manifest, secret };
  } finally {
    database.close();
  }
}

function manifestIn(database: DatabaseSync, file: string) {
  const values = new Map<string, string>();
  try {
    const rows = database.prepare('SELECT key, value FROM backup_manifest').all() as { key: string; value: string }[];
    for (const { key, value } of rows) values.set(key, value);
  } catch (error) {
    throw new BackupRefused(`${file} is not a backup of Chatter, or it is damaged (${(error as Error).message}).`);
  }
  const manifest = JSON.parse(values.get('manifest') ?? '{}') as BackupManifest;
  if (manifest.format !== 'chatter-backup' || manifest.version !== 1)
    throw new BackupRefused(`${file} is a backup of a form that this version does not know. Upgrade, then restore it.`);
  return { manifest, secret: values.get('auth_secret') ?? null };
}

/** What would act by itself in the log that is made of it is no part of a backup; nor is an index that tells something else. */
function mustHoldOnlyData(database: DatabaseSync, file: string): void {
  const acting = `SELECT name FROM sqlite_schema WHERE type IN ('trigger', 'view') OR sql LIKE 'CREATE VIRTUAL%'`;
  const [found] = database.prepare(acting).all() as { name: string }[];
  if (found) throw new BackupRefused(`${file} holds more than data ("${found.name}"): no backup has that.`);
  const { quick_check: check } = database.prepare('PRAGMA quick_check(1)').get() as { quick_check: string };
  if (check !== 'ok') throw new BackupRefused(`${file} is damaged (${check}). Use another backup.`);
}

/** On the disk, whatever happens next. */
export function makeDurable(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
