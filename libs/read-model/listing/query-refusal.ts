/** A list that cannot be given as it was asked for. The message says what to ask instead. */
export class QueryRefused extends Error {
  constructor(
    readonly code: 'invalid_cursor' | 'invalid_query',
    message: string,
  ) {
    super(message);
  }
}
