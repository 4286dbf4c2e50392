import type { ExpressionErrorCode } from './expression-error.js';

/**
 * How an evaluation fails inside. It is no Error on purpose: `||`, `exists` and `default` absorb many of them,
 * and a stack trace for each would cost more than the work they do.
 */
export class Fault {
  constructor(
    readonly code: ExpressionErrorCode,
    readonly message: string,
    readonly at: number | undefined,
    /** A key, an item or a name that is not there: what `default` stands in for. */
    readonly missing = false,
  ) {}

  /** Bounds are not absorbed: `too costly || true` is too costly. */
  get absorbable(): boolean {
    return this.code === 'expression_failed';
  }
}

/** A fault that another operand may outweigh. Throws what may not be absorbed: a bound, or a bug. */
export function absorbed(fault: unknown): Fault {
  if (fault instanceof Fault && fault.absorbable) return fault;
  throw fault;
}
