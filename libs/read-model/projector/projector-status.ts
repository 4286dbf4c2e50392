/** Where the projector stands. Plain data: it crosses from its thread to the main one. */
export interface ProjectorStatus {
  /** Of the last event that every table has seen; empty: none. */
  readonly position: string;
  /** Streams that could not be folded. */
  readonly parked: number;
  /** New versions that are being built beside the ones that are read. */
  readonly rebuilding: readonly Rebuilding[];
  /** Why nothing moves at present; null: it moves. */
  readonly failing: string | null;
  readonly counts: ProjectorCounts;
}

/** A table that is made anew. */
export interface Rebuilding {
  readonly projection: string;
  /** How far it has come; empty: it has just begun. */
  readonly position: string;
}

/** Since the start. */
export interface ProjectorCounts {
  /** SQL statements, `begin` and `commit` included. */
  readonly statements: number;
  /** Transactions with rows in them. */
  readonly batches: number;
  readonly events: number;
  readonly rows: number;
}

/** A projector, wherever it runs. */
export interface RunningProjector {
  /** There may be something new. */
  wake(): void;
  /** A reader waits: look at once. */
  hurry(): void;
  status(): ProjectorStatus;
  close(): Promise<void>;
}

export const notStarted: ProjectorStatus = {
  position: '',
  parked: 0,
  rebuilding: [],
  failing: null,
  counts: { statements: 0, batches: 0, events: 0, rows: 0 },
};
