import { problemCodes, type ProblemCode } from './problem-codes.js';

/** One thing that is wrong with a request. `path`: a JSON pointer into its body. */
export interface ProblemItem {
  readonly rule: string;
  readonly message: string;
  readonly path: string | null;
  readonly severity: 'error' | 'warning';
  readonly node_id?: string | null;
  readonly edge_id?: string | null;
  readonly layer?: string;
}

/** An answer that is not what was asked for (RFC 9457). `detail` says what was wrong and what to do. */
export class Problem extends Error {
  readonly status: number;

  constructor(
    readonly code: ProblemCode,
    detail: string,
    readonly more: {
      readonly errors?: readonly ProblemItem[];
      readonly retryAfterS?: number;
      readonly extra?: Readonly<Record<string, unknown>>;
    } = {},
  ) {
    super(detail);
    this.status = problemCodes[code][0];
  }
}

export function problemBody(problem: Problem, instance: string, requestId: string): Record<string, unknown> {
  const [status, title] = problemCodes[problem.code];
  return {
    type: `/docs/errors#${problem.code}`,
    title,
    status,
    detail: problem.message,
    instance,
    code: problem.code,
    request_id: requestId,
    ...(problem.more.errors && { errors: problem.more.errors }),
    ...problem.more.extra,
  };
}
