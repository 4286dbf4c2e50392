import type { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { answerNoHttp } from './framework-errors.js';

const answered = (code: string | undefined, socket: object = {}): string => {
  let text = '';
  const writable = { destroyed: false, writable: true, end: (given: string) => (text = given), ...socket };
  answerNoHttp(Object.assign(new Error('parse'), code === undefined ? {} : { code }), writable as unknown as Socket);
  return text;
};

describe('What is no HTTP', () => {
  it.each([
    [undefined, 400, 'malformed_request'],
    ['HPE_INVALID_HEADER_TOKEN', 400, 'malformed_request'],
    ['HPE_HEADER_OVERFLOW', 431, 'headers_too_large'],
    ['ERR_HTTP_REQUEST_TIMEOUT', 408, 'request_timeout'],
  ])('%s is answered with %s', (code, status, name) => {
    const [head = '', body = ''] = answered(code).split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head).toContain(`content-length: ${Buffer.byteLength(body)}`);
    expect(JSON.parse(body)).toMatchObject({ status, code: name, request_id: expect.stringMatching(/^req_/) });
  });

  it('is not answered where nobody listens any more', () => {
    expect([answered('ECONNRESET'), answered('X', { destroyed: true }), answered('X', { writable: false })]).toEqual([
      '',
      '',
      '',
    ]);
  });
});
