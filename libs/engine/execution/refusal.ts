/** A wish that may not be granted: `code` for programs, the message says what to do instead. Nothing is recorded. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    message: string,
    /** Told beside the code: what the wish ran into. */
    readonly facts: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = 'Refusal';
  }
}
