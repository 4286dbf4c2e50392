/** A wish that may not be granted: `code` for programs, the message says what to do instead. Nothing is recorded. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'Refusal';
  }
}
