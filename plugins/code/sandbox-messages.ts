/** What is run: the body of a function, what it is given, and its bounds. */
export interface Job {
  readonly source: string;
  /** `{incoming, input, nodes, variables}` as JSON text. */
  readonly given: string;
  /** What its clock says, ms since the epoch. It stands still. */
  readonly now: number;
  /** 32 bits that its chance begins with. */
  readonly seed: number;
  readonly timeoutMs: number;
  readonly memoryMb: number;
}

/** What it came to. `line`: of its source, from 1. */
export type JobOutcome =
  | { readonly ok: true; readonly json: string; readonly logs: readonly string[] }
  | {
      readonly ok: false;
      readonly code: 'code_error' | 'code_syntax' | 'code_timeout' | 'code_out_of_memory';
      readonly message: string;
      readonly line: number | null;
      readonly logs: readonly string[];
    };
