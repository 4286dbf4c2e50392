import { describe, expect, it } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import { matchHeader, preference, tokenHeader } from './request-headers.js';

const request = (headers: Record<string, string | string[]>) => ({ headers }) as unknown as FastifyRequest;
const refused = expect.objectContaining({ code: 'invalid_header' });

describe('A header that is a token', () => {
  it('is read as it stands, or is not there', () => {
    expect(tokenHeader(request({ 'idempotency-key': 'a-1' }), 'idempotency-key')).toBe('a-1');
    expect(tokenHeader(request({}), 'idempotency-key')).toBeUndefined();
  });

  it.each([[''], ['a b'], ['ü'], ['a'.repeat(256)], [['a', 'b']]])('is refused when it is %j', (value) => {
    expect(() => tokenHeader(request({ x: value }), 'x')).toThrow(refused);
  });
});

describe('If-Match', () => {
  it('is a version, in quotes or not', () => {
    expect([matchHeader(request({ 'if-match': '"3"' })), matchHeader(request({ 'if-match': '3' }))]).toEqual([3, 3]);
  });

  it('is no condition when it is a star or not there', () => {
    expect([matchHeader(request({ 'if-match': '*' })), matchHeader(request({}))]).toEqual([undefined, undefined]);
  });

  it.each(['"0"', '"x"', '1.5', 'W/"1"'])('is refused when it is %s', (value) => {
    expect(() => matchHeader(request({ 'if-match': value }))).toThrow(refused);
  });
});

describe('Prefer', () => {
  it.each([
    ['', { async: false, waitMs: null }],
    ['respond-async', { async: true, waitMs: null }],
    ['wait=10', { async: false, waitMs: 10_000 }],
    ['respond-async, wait=2', { async: true, waitMs: 2_000 }],
    ['handling=lenient; wait=0', { async: false, waitMs: 0 }],
    ['await=3, not-respond-asynchronously', { async: false, waitMs: null }],
  ])('%s', (prefer, wish) => {
    expect(preference(request({ prefer }))).toEqual(wish);
  });

  it('may be missing', () => expect(preference(request({}))).toEqual({ async: false, waitMs: null }));
});
