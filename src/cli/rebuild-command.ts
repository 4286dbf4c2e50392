import { openSqliteEventStore } from '#event-store-sqlite';
import { PostgresTurn } from '#postgres';
import { dropTables } from '#read-model';
import { CommandRefused, dataDirOf, type Surroundings } from './surroundings.js';

/** Returns the exit code. Takes away the tables of lists: the next start makes them anew from the log. */
export async function rebuildCommand(surroundings: Surroundings): Promise<number> {
  const { variables, say } = surroundings;
  const url = variables['DATABASE_URL']?.trim();
  if (url) {
    await mustBeNobodys(url);
    await dropTables({ kind: 'postgres', url });
  } else {
    const dir = dataDirOf(surroundings);
    await (await openSqliteEventStore({ dir })).close(); // refused while a server works there
    await dropTables({ kind: 'sqlite', dir });
  }
  say('The tables of lists are gone. The next start makes them anew from the log; GET /health tells how far it is.');
  return 0;
}

/** One process keeps the tables, and holds a lock for it. */
async function mustBeNobodys(url: string): Promise<void> {
  const turn = new PostgresTurn(url, 'chatter projector');
  try {
    if (await turn.isMine()) return;
  } finally {
    await turn.close();
  }
  throw new CommandRefused('A process keeps the tables at this moment. Stop every process of this installation first.');
}
