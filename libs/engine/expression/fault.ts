import type { ExpressionErrorCode } from './expression-error.js';

/**
 * How an evaluation fails inside. It is no Error on purpose: `||`, `exists` and `default` absorb many of them,
 * and a stack trace for each would cost more than the work they do. For the same reason a message that looks at the
 * data is put into words only when it is read.
 */
export class Fault {
  constructor(
    readonly code: ExpressionErrorCode,
    private readonly words: string | (() => string),
    readonly at: number | undefined,
    /** A key, an item or a name that is not there: what `default` stands in for. */
    readonly missing = false,
  ) {}

  get message(): string {
    return typeof this.words === 'string' ? this.words : this.words();
  }

  /** Bounds are not absorbed: `too costly || true` is too costly. */
  get absorbable(): boolean {
    return this.code === 'expression_failed';
  }
}
