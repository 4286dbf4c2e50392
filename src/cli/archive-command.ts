import { archiveExecutions, type ArchiveReport } from '../archive/archive-executions.js';
import { collectPayloads, type Collected } from '../archive/collect-payloads.js';
import type { Command } from './command-line.js';
import { storesOf } from './stores-of.js';
import type { Surroundings } from './surroundings.js';

type Wish = Extract<Command, { readonly name: 'archive' }>;

/** Returns the exit code. */
export async function archiveCommand({ closedBefore, to, dryRun }: Wish, surroundings: Surroundings): Promise<number> {
  const { now, say } = surroundings;
  const stores = await storesOf(surroundings);
  try {
    const { store, payloads } = stores;
    const at = new Date(now()).toISOString();
    tell(await archiveExecutions({ store, payloads, closedBefore, folder: to, at, dryRun }), dryRun, say);
    if (!dryRun) tellCollected(await collectPayloads({ store, payloads }), say);
    return 0;
  } finally {
    await stores.close();
  }
}

function tellCollected({ values, bytes }: Collected, say: Surroundings['say']): void {
  if (values > 0) say(`Removed ${values} stored values (${bytes} bytes) that nothing in the log refers to any more.`);
}

const mostTold = 20;

function tell(report: ArchiveReport, dryRun: boolean, say: Surroundings['say']): void {
  const { executions, events, file, fileSha256, finished, leftAlone, rest } = report;
  const what = `${executions} executions, ${events} events`;
  if (dryRun) say(`Would archive ${what}. Nothing was changed.`);
  else
    say(file === null ? 'Nothing to archive.' : `Archived ${what} into ${file}.\nSHA-256 of the file: ${fileSha256}`);
  if (finished > 0)
    say(
      `${finished} were in a file of an earlier run already; ${dryRun ? 'they would leave' : 'they have left'} the log.`,
    );
  if (rest > 0) say(`${rest} more are for the next run: run it again.`);
  if (leftAlone.length > 0) say(`${leftAlone.length} stay in the log:`);
  for (const { id, why } of leftAlone.slice(0, mostTold)) say(`  ${id}: ${why}`);
  if (leftAlone.length > mostTold) say(`  and ${leftAlone.length - mostTold} more`);
}
