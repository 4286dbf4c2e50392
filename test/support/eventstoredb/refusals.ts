import { Metadata, type ServiceError, status } from '@grpc/grpc-js';

import { type Expected } from './stream-database.js';

/** An error as the server sends it: a status, and the trailer `exception` by which clients choose their class. */
export const refusal = (code: status, details: string, trailers: Record<string, string> = {}): ServiceError => {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(trailers)) metadata.set(key, ascii(value));
  return Object.assign(new Error(details), { code, details, metadata });
};

export const isRefusal = (error: unknown): error is ServiceError =>
  typeof error === 'object' && error !== null && 'code' in error && 'metadata' in error;

export const accessDenied = (): ServiceError =>
  refusal(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' });

export const unauthenticated = (): ServiceError => refusal(status.UNAUTHENTICATED, 'Bad credentials');

export const notLeader = ({ host, port }: { host: string; port: number }): ServiceError =>
  refusal(status.NOT_FOUND, 'Leader info available', {
    exception: 'not-leader',
    'leader-endpoint-host': host,
    'leader-endpoint-port': String(port),
  });

export const streamDeleted = (stream: string): ServiceError =>
  refusal(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  });

export const wrongExpectedVersion = (stream: string, expected: Expected, current: bigint): ServiceError =>
  refusal(
    status.FAILED_PRECONDITION,
    `Delete failed due to WrongExpectedVersion. Stream: ${stream}, Expected version: ${numberOf(expected)}, Actual version: ${current}`,
    {
      exception: 'wrong-expected-version',
      'stream-name': stream,
      'expected-version': String(numberOf(expected)),
      'actual-version': String(current),
    },
  );

export const maximumAppendSizeExceeded = (limit: number): ServiceError =>
  refusal(status.INVALID_ARGUMENT, `Maximum Append Size of ${limit} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(limit),
  });

export const missingMetadata = (property: string): ServiceError =>
  refusal(status.INVALID_ARGUMENT, `Required Metadata Property '${property}' is missing`, {
    exception: 'missing-required-metadata-property',
    'required-metadata-properties': 'type,content-type',
  });

export const invalidPosition = (): ServiceError =>
  refusal(status.INVALID_ARGUMENT, 'Trying to read from an invalid position.');

export const invalidArgument = (details: string): ServiceError => refusal(status.INVALID_ARGUMENT, details);

/** What the server answers where its own code threw: it does not say why. */
export const thrownByHandler = (): ServiceError => refusal(status.UNKNOWN, 'Exception was thrown by handler.');

const numberOf = (expected: Expected): bigint => {
  if (typeof expected === 'bigint') return expected;
  return { no_stream: -1n, any: -2n, stream_exists: -4n }[expected];
};

/** A trailer is ASCII; what is not is percent-encoded here. */
const ascii = (value: string): string => (/^[\x20-\x7e]*$/.test(value) ? value : encodeURIComponent(value));
