import { readCommandLine, usage, UsageRefused, type Command } from './command-line.js';
import { CommandRefused, type Surroundings } from './surroundings.js';

/** The operator can mend it: the message says enough, the stack is ours. */
const whatAnOperatorMends = new Set([
  'directory_locked',
  'backup_refused',
  'archive_refused',
  'store_damaged',
  'storage_full',
  'store_unavailable',
  'EADDRINUSE',
  'EADDRNOTAVAIL',
  'EACCES',
  'ENOENT',
  'ENOSPC',
  'configuration_refused',
]);

/** Returns the exit code; null: the process goes on by itself. */
export async function runCommand(args: readonly string[], surroundings: Surroundings): Promise<number | null> {
  try {
    return await done(readCommandLine(args), surroundings);
  } catch (error) {
    const { complain } = surroundings;
    if (error instanceof UsageRefused) {
      complain(`${error.message}\n\n${usage}`);
      return 2;
    }
    const known = error instanceof CommandRefused || whatAnOperatorMends.has(String((error as { code?: string }).code));
    complain(known ? (error as Error).message : String((error as Error).stack));
    return 1;
  }
}

/** Only what a command needs is loaded. */
async function done(command: Command, surroundings: Surroundings): Promise<number | null> {
  switch (command.name) {
    case 'help':
      surroundings.say(usage);
      return 0;
    case 'serve':
      await (await import('./serve.js')).serve(command.role, surroundings);
      return null;
    case 'backup':
      return (await import('./backup-commands.js')).backupCommand(command.file, command.withSecret, surroundings);
    case 'restore':
      return (await import('./backup-commands.js')).restoreCommand(command.file, command.dataDir, surroundings);
    case 'verify':
      return (await import('./backup-commands.js')).verifyCommand(command.what, surroundings);
    case 'acl':
      return (await import('./acl-command.js')).aclCommand(command.reader, surroundings);
    case 'rebuild':
      return (await import('./rebuild-command.js')).rebuildCommand(surroundings);
    case 'archive':
      return (await import('./archive-command.js')).archiveCommand(command, surroundings);
  }
}
