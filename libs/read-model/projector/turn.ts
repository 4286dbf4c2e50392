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

const alone: Turn = { shared: false, isMine: async () => true, pass: async () => undefined };

/** The tables in a file are one process's, as the embedded log is. */
export async function turnAt(database: ReadDatabaseAddress): Promise<Turn> {
  if (database.kind === 'sqlite') return alone;
  const { PostgresTurn } = await import('#postgres');
  const turn = new PostgresTurn(database.url, 'chatter projector');
  return { shared: true, isMine: () => turn.isMine(), pass: () => turn.close() };
}
