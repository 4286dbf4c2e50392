/** Flat, so that it crosses to the thread cheaply: four texts an event. */
export type EventTexts = readonly string[];

export interface OpenRow {
  readonly tenant: string;
  readonly priority: number;
  readonly status: string;
  readonly dueAt: number | null;
}

export type Work =
  | {
      readonly type: 'append';
      readonly stream: string;
      readonly category: string;
      readonly expected: number;
      readonly events: EventTexts;
      readonly open: OpenRow | 'closed' | null;
    }
  | { readonly type: 'tombstone'; readonly stream: string; readonly expected: number }
  | { readonly type: 'payload'; readonly tenant: string; readonly sha256: string; readonly bytes: Uint8Array }
  | { readonly type: 'removePayload'; readonly tenant: string; readonly sha256: string; readonly before: number }
  | { readonly type: 'open'; readonly stream: string; readonly row: OpenRow };

export type Outcome =
  | { readonly type: 'appended'; readonly position: number }
  | { readonly type: 'done' }
  /** Null: there was none, or it stays. */
  | { readonly type: 'removed'; readonly size: number | null }
  /** −1: the stream does not exist. */
  | { readonly type: 'conflict'; readonly actual: number }
  /** The stream was ended before. */
  | { readonly type: 'gone' }
  | { readonly type: 'full' }
  | { readonly type: 'refused'; readonly reason: string }
  | { readonly type: 'broken'; readonly reason: string };

export interface WriterOptions {
  readonly file: string;
  /** Of the database, for tests of a full disk. */
  readonly maxPages?: number;
}

export interface WriterHealth {
  readonly journal_mode: string;
  readonly synchronous: number;
}
