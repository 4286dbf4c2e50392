import { createHash } from 'node:crypto';
import { createReadStream, existsSync, openSync, readFileSync, readSync, closeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { referredPayloads } from '#engine';
import {
  backUp,
  restore,
  verifyBackup,
  verifyLog,
  type BackupManifest,
  type LogReport,
  type Referred,
} from '#event-store-sqlite';
import type { JsonObject } from '#plugin-sdk';
import { verifyArchiveFile } from '../archive/verify-archive-file.js';
import { verifyStore } from '../archive/verify-store.js';
import type { Verifiable } from './command-line.js';
import { storesOf } from './stores-of.js';
import { CommandRefused, dataDirOf, isEmbedded, mustBeEmbedded, type Surroundings } from './surroundings.js';

const referred: Referred = (type, data) => referredPayloads(type, data as JsonObject);

/** Returns the exit code. */
export async function backupCommand(file: string, withSecret: boolean, surroundings: Surroundings): Promise<number> {
  mustBeEmbedded(surroundings);
  const { say, now } = surroundings;
  const dir = dataDirOf(surroundings);
  const secret = withSecret ? secretIn(dir) : null;
  const at = new Date(now()).toISOString();
  const { manifest, report } = await backUp({ dir, file, at, secret, referred });
  say(`Backed up to ${file}: ${told(manifest)}.`);
  say(`SHA-256 of the file: ${await sha256Of(file)}`);
  if (secret === null)
    say(
      'Keep AUTH_SECRET (or the file auth-secret in DATA_DIR) apart from it: without it, stored secrets open nowhere.',
    );
  else say('The secret of the server is in it: whoever has the file can open stored secrets.');
  return tellFaults(report, say, 'The log is damaged, and so is the backup');
}

export async function restoreCommand(
  file: string,
  dataDir: string | null,
  surroundings: Surroundings,
): Promise<number> {
  mustBeEmbedded(surroundings);
  mustBeThere(file);
  const dir = dataDir === null ? dataDirOf(surroundings) : resolve(dataDir);
  const manifest = await restore({ file, dir, referred });
  const { say } = surroundings;
  say(`Restored into ${dir}: ${told(manifest)}, all verified.`);
  if (!existsSync(join(dir, 'auth-secret')))
    say('Start it with the AUTH_SECRET that it had, or copy its auth-secret there first.');
  say(`Start it with DATA_DIR=${dir}: open executions go on by themselves.`);
  return 0;
}

export async function verifyCommand(what: Verifiable, surroundings: Surroundings): Promise<number> {
  if (what.type === 'file') return verifyFile(what.file, surroundings);
  const { say } = surroundings;
  const stream = what.type === 'stream' ? what.stream : null;
  const report = await (isEmbedded(surroundings) ? verifyFolder : verifyShared)(stream, surroundings);
  if (stream !== null && report.events === 0)
    throw new CommandRefused(
      `There is no stream ${stream} in the log: it never was, or it was archived (see GET /api/v1/workflows/executions/{id}).`,
    );
  if (report.faults.length === 0) say(`Verified: ${report.streams} streams, ${report.events} events.`);
  return tellFaults(report, say, 'The log is damaged');
}

/** Also while a server writes to it. */
function verifyFolder(stream: string | null, surroundings: Surroundings): Promise<LogReport> {
  const file = join(dataDirOf(surroundings), 'events.db');
  mustBeThere(file, 'Say with DATA_DIR where the log is.');
  return verifyLog({ file, referred, ...(stream !== null && { streams: [stream] }) });
}

async function verifyShared(stream: string | null, surroundings: Surroundings): Promise<LogReport> {
  const { store, payloads, close } = await storesOf(surroundings);
  try {
    return await verifyStore({ store, payloads, ...(stream !== null && { stream }) });
  } finally {
    await close();
  }
}

/** Which kind of file it is, its first bytes say. */
async function verifyFile(file: string, { say }: Surroundings): Promise<number> {
  mustBeThere(file);
  const start = startOf(file);
  if (start.subarray(0, 2).equals(Buffer.from([0x1f, 0x8b]))) {
    const { executions, events, payloads } = await verifyArchiveFile(file);
    say(`Verified: ${executions} archived executions, ${events} events, ${payloads} stored values.`);
    return 0;
  }
  if (!start.toString('latin1').startsWith('SQLite format 3'))
    throw new CommandRefused(`${file} is neither a backup nor a file of archived executions.`);
  const { manifest, report } = await verifyBackup(file, referred);
  if (report.faults.length === 0) say(`Verified: ${told(manifest)}, made at ${manifest.made_at}.`);
  return tellFaults(report, say, 'The backup is damaged');
}

function startOf(file: string): Buffer {
  const start = Buffer.alloc(16);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, start);
    return start;
  } finally {
    closeSync(descriptor);
  }
}

const mostTold = 20;

function tellFaults({ faults }: LogReport, say: Surroundings['say'], what: string): number {
  if (faults.length === 0) return 0;
  say(`${what}, in ${faults.length} ${faults.length === 1 ? 'stream' : 'streams'}:`);
  for (const { stream, revision, reason } of faults.slice(0, mostTold))
    say(`  ${stream}, event ${revision}: ${reason}`);
  if (faults.length > mostTold) say(`  and ${faults.length - mostTold} more`);
  return 1;
}

const told = ({ streams, events, payloads, open_executions, position }: BackupManifest): string =>
  `${events} events in ${streams} streams up to position ${position ?? 'none'}, ${payloads} stored values, ${open_executions} open executions`;

function mustBeThere(file: string, wayOut = 'Check its name.'): void {
  if (!existsSync(file)) throw new CommandRefused(`There is no file ${file}. ${wayOut}`);
}

function secretIn(dir: string): string {
  const file = join(dir, 'auth-secret');
  mustBeThere(file, 'The secret comes from AUTH_SECRET: leave --with-secret out, and keep that.');
  return readFileSync(file, 'utf8');
}

async function sha256Of(file: string): Promise<string> {
  const digest = createHash('sha256');
  for await (const chunk of createReadStream(file)) digest.update(chunk as Buffer);
  return digest.digest('hex');
}
