import type { ReadDatabaseAddress } from '../database/read-database.js';

/** Of several processes that share the tables, one folds at a time; the others look how far it has come. */
export interface Turn {
  /** Whether there may be others. */
  readonly shared: boolean;
  /** Whether it is this one's turn, as from now or still. */
  isMine(): Promise<boolean>;
  /** Leaves it to another one. It may come back. */
  pass(): Promise<void>;
}

const nothing = async (): Promise<void> => undefined;
const alone: Turn = { shared: false, isMine: async () => true, pass: nothing };
const neverMine: Turn = { shared: true, isMine: async () => false, pass: nothing };

/** The tables in a file are one process's, as the embedded log is. `projects`: whether this process folds at all. */
export async function turnAt(database: ReadDatabaseAddress, projects = true): Promise<Turn> {
  if (database.kind === 'sqlite') return alone;
  if (!projects) return neverMine;
  const { PostgresTurn } = await import('#postgres');
  const turn = new PostgresTurn(database.url, 'chatter projector');
  return { shared: true, isMine: () => turn.isMine(), pass: () => turn.close() };
}
