import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { Refusal } from '#engine';
import { QueryRefused } from '#read-model';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { problemBody, Problem } from './problem.js';
import { isProblemCode, type ProblemCode } from './problem-codes.js';

/** Whatever is thrown, wherever: one shape of answer. What nobody foresaw is a 500 that tells nothing of the inside. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const request = http.getRequest<FastifyRequest>();
    const problem = asProblem(error);
    if (problem.status === 500) this.log.error({ err: error, request_id: request.id }, 'Unforeseen error');
    sendProblem(reply, request, problem);
  }
}

export function sendProblem(reply: FastifyReply, request: FastifyRequest, problem: Problem): void {
  if (reply.sent) return;
  const retryAfter = problem.more.retryAfterS ?? ([429, 503].includes(problem.status) ? 1 : undefined);
  if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter));
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
  void reply
    .code(problem.status)
    .header('content-type', 'application/problem+json')
    .send(JSON.stringify(problemBody(problem, request.url.split('?')[0]!, request.id)));
}

/** What the log calls what it cannot give back as it was written. */
const unreadable = new Set(['unreadable_event', 'payload_missing', 'payload_digest']);

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof QueryRefused)
    return new Problem(isProblemCode(error.code) ? error.code : 'invalid_request', error.message);
  const { code, message } = (error ?? {}) as { code?: unknown; message?: string };
  if (code === 'stream_gone') return new Problem('execution_archived', 'What this names was archived before.');
  if (unreadable.has(String(code))) return new Problem('history_unreadable', message ?? '');
  if (error instanceof Refusal || (typeof code === 'string' && isProblemCode(code))) {
    const extra = error instanceof Refusal ? error.facts : {};
    return new Problem(isProblemCode(String(code)) ? (code as ProblemCode) : 'invalid_request', message ?? '', {
      extra,
    });
  }
  const status =
    error instanceof HttpException ? error.getStatus() : (error as { statusCode?: number } | undefined)?.statusCode;
  return ofStatus(status, code, message ?? '');
}

function ofStatus(status: number | undefined, code: unknown, message: string): Problem {
  switch (status) {
    case 400:
      return new Problem(code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH' ? 'invalid_header' : 'invalid_request', message);
    case 404:
      return new Problem('not_found', 'There is nothing at this address.');
    case 405:
      return new Problem('method_not_allowed', message);
    case 413:
      return new Problem('too_large', 'The body is larger than 1 MiB (1048576 bytes).');
    case 415:
      return new Problem('unsupported_media_type', 'Send the body as application/json.');
    default:
      return new Problem('internal', 'Something went wrong on our side; nothing of your request is half done.');
  }
}
