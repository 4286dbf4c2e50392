export type ExpressionErrorCode =
  | 'expression_syntax'
  | 'expression_failed'
  | 'expression_too_large'
  | 'expression_too_costly'
  | 'condition_not_boolean';

/** What is known about where an expression went wrong. */
export interface ExpressionPlace {
  readonly source: string;
  /** Character in `source`, from 0. */
  readonly position?: number | undefined;
  /** JSON Pointer to the string in the config that holds the expression. */
  readonly pointer?: string | undefined;
}

/** The only error that parsing and evaluating throw. `message` says what to do. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
  readonly code: ExpressionErrorCode;
  /** The expression as written, without braces. */
  readonly source: string;
  /** Character in `source`, from 0; absent where none is to blame. */
  readonly position?: number;
  /** JSON Pointer to the string in the config; absent where the expression stands alone. */
  readonly pointer?: string;

  constructor(code: ExpressionErrorCode, message: string, place: ExpressionPlace) {
    super(message);
    this.code = code;
    this.source = place.source;
    if (place.position !== undefined) this.position = place.position;
    if (place.pointer !== undefined) this.pointer = place.pointer;
  }

  /** The same error, with the place in the config. */
  at(pointer: string): ExpressionError {
    return new ExpressionError(this.code, this.message, { source: this.source, position: this.position, pointer });
  }
}
