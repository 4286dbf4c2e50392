import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import type { Role } from '../config/environment.js';

/** What the operator asks for. */
export type Command =
  | { readonly name: 'help' }
  | { readonly name: 'rebuild' }
  /** `reader`: a user of EventStoreDB, or a group. */
  | { readonly name: 'acl'; readonly reader: string }
  /** `role` null: as ROLE says, or everything. */
  | { readonly name: 'serve'; readonly role: string | null }
  | { readonly name: 'backup'; readonly file: string; readonly withSecret: boolean }
  | { readonly name: 'restore'; readonly file: string; readonly dataDir: string | null }
  | { readonly name: 'verify'; readonly what: Verifiable }
  | { readonly name: 'archive'; readonly closedBefore: string; readonly to: string; readonly dryRun: boolean };

export type Verifiable =
  | { readonly type: 'all' }
  | { readonly type: 'stream'; readonly stream: string }
  | { readonly type: 'file'; readonly file: string };

/** The command was not understood: nothing was done. */
export class UsageRefused extends Error {}

export const usage = `Usage: chatter <command>

  serve [--role all|api|worker|projector]   run the server (without a command, too)
  backup <file> [--with-secret]             copy the log as it is now, while the server runs
  restore <file> [--data-dir <folder>]      put a backup into an empty folder, after verifying all of it
  verify [--all]                            verify every chain of the log, and all that it refers to
  verify --stream <name>                    verify one stream: execution-<uuid>, or an execution's id
  verify <file>                             verify a backup, or a file of archived executions
  archive --closed-before <date> --to <folder> [--dry-run]
                                            move executions that ended before a day into a file, and out of the log
  rebuild                                   drop the tables of lists: the next start makes them anew from the log
  acl <user>                                let a user of EventStoreDB read $all, as an administrator in EVENT_STORE_URL
  help                                      show this

DATA_DIR says where the log is (default ./data). Exit codes: 0 done · 1 refused, failed or not verified · 2 not understood.
`;

const roles: readonly string[] = ['all', 'api', 'worker', 'projector'] satisfies readonly Role[];

/** Throws `UsageRefused`. */
export function readCommandLine(args: readonly string[]): Command {
  const [name = 'serve', ...rest] = args[0]?.startsWith('-') && !isHelp(args[0]) ? ['serve', ...args] : args;
  if (isHelp(name) || rest.some(isHelp)) return { name: 'help' };
  switch (name) {
    case 'serve':
      return { name, role: roleIn(parsed(name, rest, { role: { type: 'string' } }, 0).values['role']) };
    case 'backup': {
      const { values, files } = parsed(name, rest, { 'with-secret': { type: 'boolean' } }, 1);
      return { name, file: fileIn(name, files), withSecret: values['with-secret'] === true };
    }
    case 'restore': {
      const { values, files } = parsed(name, rest, { 'data-dir': { type: 'string' } }, 1);
      return { name, file: fileIn(name, files), dataDir: (values['data-dir'] as string | undefined) ?? null };
    }
    case 'verify':
      return { name, what: verifiableIn(rest) };
    case 'archive':
      return archiveIn(rest);
    case 'acl':
      return { name, reader: readerIn(parsed(name, rest, {}, 1).files) };
    case 'rebuild':
      parsed(name, rest, {}, 0);
      return { name };
    default:
      throw new UsageRefused(`There is no command "${name}".`);
  }
}

const isHelp = (text: string): boolean => text === 'help' || text === '--help' || text === '-h';

type Values = Readonly<Record<string, string | boolean | undefined>>;

function parsed(name: string, args: readonly string[], options: ParseArgsOptionsConfig, mostFiles: number) {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    if (positionals.length > mostFiles) throw new Error(`It does not take "${positionals[mostFiles]}".`);
    return { values: values as Values, files: positionals };
  } catch (error) {
    throw new UsageRefused(`chatter ${name}: ${(error as Error).message}`);
  }
}

function roleIn(role: string | boolean | undefined): string | null {
  if (role === undefined) return null;
  if (typeof role === 'string' && roles.includes(role)) return role;
  throw new UsageRefused(`chatter serve: --role is "${String(role)}"; it must be one of ${roles.join(', ')}.`);
}

function fileIn(name: string, [file]: readonly string[]): string {
  if (file === undefined || file === '') throw new UsageRefused(`chatter ${name} needs the name of a file.`);
  return file;
}

function readerIn([reader]: readonly string[]): string {
  if (reader === undefined || reader === '')
    throw new UsageRefused('chatter acl needs the name of a user of EventStoreDB.');
  return reader;
}

function verifiableIn(args: readonly string[]): Verifiable {
  const { values, files } = parsed('verify', args, { all: { type: 'boolean' }, stream: { type: 'string' } }, 1);
  const { all, stream } = values;
  if ([all !== undefined, stream !== undefined, files.length > 0].filter(Boolean).length > 1)
    throw new UsageRefused('chatter verify takes one of --all, --stream <name>, <file>.');
  if (typeof stream === 'string') return { type: 'stream', stream: stream.replace(/^exec_/, 'execution-') };
  return files[0] === undefined ? { type: 'all' } : { type: 'file', file: files[0] };
}

/** A day (UTC, its first moment), or a moment with its zone. */
const moment = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;

function archiveIn(args: readonly string[]): Command {
  const options = {
    'closed-before': { type: 'string' },
    to: { type: 'string' },
    'dry-run': { type: 'boolean' },
  } as const;
  const { values } = parsed('archive', args, options, 0);
  const { 'closed-before': before, to, 'dry-run': dryRun } = values;
  if (typeof before !== 'string' || typeof to !== 'string' || to === '')
    throw new UsageRefused('chatter archive needs --closed-before <date> and --to <folder>.');
  const at = moment.test(before) ? new Date(before) : null;
  if (!at || Number.isNaN(at.getTime()))
    throw new UsageRefused(
      `chatter archive: --closed-before is "${before}"; it must be a day, like 2026-01-31, or a moment, like 2026-01-31T12:00:00Z.`,
    );
  return { name: 'archive', closedBefore: at.toISOString(), to, dryRun: dryRun === true };
}
