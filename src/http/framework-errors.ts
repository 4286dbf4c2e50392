import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemBody, Problem } from './problem.js';
import { sendProblem } from './problem.filter.js';

export const newRequestId = (): string => `req_${randomUUID()}`;

/** An address that cannot be read: there is no route yet, and so no filter that would answer. */
export function answerUnreadableAddress(_error: Error, request: FastifyRequest, reply: FastifyReply): void {
  sendProblem(
    reply,
    request,
    new Problem('malformed_request', 'The address is not well-formed. Percent-encode what is not plain ASCII.'),
  );
}

/** What is no HTTP at all: there is no request yet, only a connection. */
export function answerNoHttp(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return;
  const problem = problemOf(error.code);
  const body = JSON.stringify(problemBody(problem, '/', newRequestId()));
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function problemOf(code: string | undefined): Problem {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new Problem('headers_too_large', 'The headers are larger than 16 KiB. Send fewer or shorter ones.');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Problem('request_timeout', 'The request did not arrive in time. Send it again.');
    default:
      return new Problem(
        'malformed_request',
        'This is no valid HTTP request: look at the names of the headers and the first line.',
      );
  }
}
