import { NodeFailure } from '#plugin-sdk';

/** The operator's rules forbid the target. */
export const hostNotAllowed = (host: string, address: string | null): NodeFailure =>
  new NodeFailure({
    code: 'host_not_allowed',
    message: `"${host}" ${address === null ? 'is' : `leads to ${address}, which is`} no public address. The operator may add it to EGRESS_ALLOW.`,
  });

/** No answer, or only a part of one. `written`: the target may have acted on the request all the same. */
export const connectionFailed = (place: string, why: string, written: boolean): NodeFailure =>
  new NodeFailure({
    code: 'connection_failed',
    message: `${place} could not be reached or did not answer in full: ${why}.`,
    retryable: true,
    uncertain: written,
  });

export const timedOut = (place: string, written: boolean): NodeFailure =>
  new NodeFailure({
    code: 'timeout',
    message: `${place} did not answer in the time there was.`,
    retryable: true,
    uncertain: written,
  });

/** The target has acted and only its answer is not taken: a write's outcome is not known. */
export const tooLarge = (place: string, maxBytes: number): NodeFailure =>
  new NodeFailure({
    code: 'too_large',
    message: `The answer of ${place} is larger than ${maxBytes} bytes, or unpacks to far more than was sent. Raise max_bytes, or ask for less.`,
    uncertain: true,
  });

/** Nothing was sent: somebody else may be about to send it. */
export const notOursAnyMore = (place: string): NodeFailure =>
  new NodeFailure({
    code: 'lease_over',
    message: `${place} was not called: this process was held up for longer than it may speak for its executions.`,
    retryable: true,
  });

export const invalidUrl = (message: string): NodeFailure => new NodeFailure({ code: 'invalid_url', message });

export const invalidHeader = (message: string): NodeFailure => new NodeFailure({ code: 'invalid_header', message });

export const invalidMethod = (message: string): NodeFailure => new NodeFailure({ code: 'invalid_method', message });

/** As it is, but the target may have acted on a request before. */
export const afterWriting = ({ code, message, retryable }: NodeFailure): NodeFailure =>
  new NodeFailure({ code, message, retryable, uncertain: true });

export const redirectRefused = (message: string): NodeFailure => new NodeFailure({ code: 'redirect_refused', message });
