export interface DocumentQuery {
  readonly query: string;
  /** Null: every collection of the tenant. */
  readonly collection: string | null;
  readonly limit: number;
  /** 0–1; hits below it are left out. Null: none is. */
  readonly scoreThreshold: number | null;
}

/** A part of a document that fits a query. */
export interface DocumentHit {
  /** Of the document. */
  readonly id: string;
  readonly title: string;
  /** The part that fits. */
  readonly text: string;
  /** 0–1, higher is better. */
  readonly score: number;
  readonly source: string | null;
}

/** Searches the tenant's documents, best hit first. */
export interface DocumentClient {
  search(query: DocumentQuery): Promise<readonly DocumentHit[]>;
}
