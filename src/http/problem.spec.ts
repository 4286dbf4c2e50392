import { BadRequestException, HttpException, MethodNotAllowedException, NotFoundException } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { Refusal } from '#engine';
import { PayloadTooLarge, StorageFull, StoreClosed } from '#event-store';
import { QueryRefused } from '#read-model';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { asProblem, sendProblem } from './problem.filter.js';
import { problemBody, Problem } from './problem.js';
import { isProblemCode } from './problem-codes.js';

const coded = (code: string, more: object = {}) => Object.assign(new Error('inside: /etc/passwd'), { code, ...more });

describe('What is thrown becomes a problem:', () => {
  const problem = new Problem('forbidden', 'no');
  const table: readonly (readonly [what: string, thrown: unknown, code: string, status: number])[] = [
    ['a problem', problem, 'forbidden', 403],
    ['a refusal of the engine', new Refusal('execution_ended', 'It has ended.'), 'execution_ended', 409],
    ['a refusal of a code that has no line in the table', new Refusal('never_heard', 'No.'), 'invalid_request', 400],
    ['a query that cannot be', new QueryRefused('invalid_cursor', 'No cursor.'), 'invalid_cursor', 400],
    ['a full disk', new StorageFull(), 'storage_full', 507],
    ['a store that is closed', new StoreClosed(), 'store_closed', 503],
    ['a value over the limit', new PayloadTooLarge(20, 10), 'payload_too_large', 413],
    ['a damaged event', coded('unreadable_event'), 'history_unreadable', 500],
    ['a body over the limit', coded('FST_ERR_CTP_BODY_TOO_LARGE', { statusCode: 413 }), 'too_large', 413],
    [
      'a body of another type',
      coded('FST_ERR_CTP_INVALID_MEDIA_TYPE', { statusCode: 415 }),
      'unsupported_media_type',
      415,
    ],
    [
      'a length that is not that of the body',
      coded('FST_ERR_CTP_INVALID_CONTENT_LENGTH', { statusCode: 400 }),
      'invalid_header',
      400,
    ],
    ['another 400', new BadRequestException('no'), 'invalid_request', 400],
    ['an address that is not there', new NotFoundException(), 'not_found', 404],
    ['a method that is not there', new MethodNotAllowedException(), 'method_not_allowed', 405],
    ['a status that nobody foresaw', new HttpException('teapot', 418), 'internal', 500],
    ['a bug', new TypeError('x is undefined'), 'internal', 500],
    ['something that is no error', 'thrown text', 'internal', 500],
    ['nothing', undefined, 'internal', 500],
  ];
  it.each(table)('%s', (_what, thrown, code, status) => {
    expect(asProblem(thrown)).toMatchObject({ code, status });
  });

  it('a bug tells nothing of the inside', () => {
    expect(asProblem(coded('EACCES')).message).not.toContain('passwd');
  });
});

describe('A problem on the wire', () => {
  const sent = (problem: Problem, already = false) => {
    const headers: Record<string, string> = {};
    const answer: { status?: number; body?: string } = {};
    const reply = {
      sent: already,
      header: (name: string, value: string) => ((headers[name] = value), reply),
      code: (status: number) => ((answer.status = status), reply),
      send: (body: string) => ((answer.body = body), reply),
    };
    sendProblem(reply as unknown as FastifyReply, { url: '/a?b=c', id: 'req_1' } as FastifyRequest, problem);
    return { headers, ...answer };
  };

  it('has the members of RFC 9457, a code and the id of the request', () => {
    const errors = [{ rule: 'r', message: 'm', path: '/x', severity: 'error' }] as const;
    const body = problemBody(
      new Problem('invalid_request', 'Say it so.', { errors, extra: { position: '1' } }),
      '/a',
      'req_1',
    );
    expect(body).toEqual({
      type: '/docs/errors#invalid_request',
      title: 'Invalid request',
      status: 400,
      detail: 'Say it so.',
      instance: '/a',
      code: 'invalid_request',
      request_id: 'req_1',
      errors,
      position: '1',
    });
  });

  it('names the address without its query', () => {
    expect(JSON.parse(sent(new Problem('not_found', '')).body!)).toMatchObject({ instance: '/a' });
  });

  it('says when to come again', () => {
    expect(sent(new Problem('too_many_attempts', '', { retryAfterS: 8 })).headers['retry-after']).toBe('8');
    expect(sent(new Problem('overloaded', '')).headers['retry-after']).toBe('1');
    expect(sent(new Problem('not_found', '')).headers['retry-after']).toBeUndefined();
  });

  it('says how to sign in', () => {
    expect(sent(new Problem('unauthenticated', '')).headers['www-authenticate']).toBe('Bearer');
  });

  it('comes too late behind an answer that has begun', () => {
    expect(sent(new Problem('internal', ''), true)).toEqual({ headers: {} });
  });

  it('has no code that only every object has', () => {
    expect([isProblemCode('toString'), isProblemCode('internal')]).toEqual([false, true]);
  });
});
