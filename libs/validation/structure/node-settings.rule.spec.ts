import { describe, expect, it } from '@jest/globals';
import { around, found, node } from '../testing/checked.js';

describe('structure.node_settings', () => {
  const of = (data: object) => found('structure.node_settings', around(node('a', 'pure', data)));

  it.each<[string, object, string]>([
    ['a retry that is no object', { retry: 3 }, '/retry'],
    ['a retry that is a list', { retry: [] }, '/retry'],
    ['an unknown key of retry', { retry: { max_attempt: 3 } }, '/retry/max_attempt'],
    ['no attempt at all', { retry: { max_attempts: 0 } }, '/retry/max_attempts'],
    ['too many attempts', { retry: { max_attempts: 101 } }, '/retry/max_attempts'],
    ['half an attempt', { retry: { max_attempts: 1.5 } }, '/retry/max_attempts'],
    ['a negative rest', { retry: { backoff_ms: -1 } }, '/retry/backoff_ms'],
    ['a jitter over 1', { retry: { jitter: 1.1 } }, '/retry/jitter'],
    ['a multiplier below 1', { retry: { multiplier: 0.5 } }, '/retry/multiplier'],
    ['codes that are no list', { retry: { non_retryable: 'timeout' } }, '/retry/non_retryable'],
    ['a time-out of 0', { timeout_ms: 0 }, '/timeout_ms'],
    ['a time-out that is a text', { timeout_ms: '5s' }, '/timeout_ms'],
    ['an unknown on_error', { on_error: 'ignore' }, '/on_error'],
    ['an on_error without value', { on_error: {} }, '/on_error'],
    ['an unknown on_uncertain', { on_uncertain: 'skip' }, '/on_uncertain'],
    ['an enabled that is a text', { enabled: 'no' }, '/enabled'],
    ['a compensate that is a number', { compensate: 1 }, '/compensate'],
    ['unknown effects', { effects: 'some' }, '/effects'],
  ])('refuses %s', (_what, data, at) => {
    expect(of(data)).toMatchObject([{ path: `/nodes/1/data${at}`, node_id: 'a' }]);
  });

  it('refuses a time-out of a wait', () => {
    expect(found('structure.node_settings', around(node('a', 'pause', { timeout_ms: 5 })))).toMatchObject([
      { path: '/nodes/1/data/timeout_ms' },
    ]);
    expect(found('structure.node_settings', around(node('a', 'pause')))).toEqual([]);
  });

  it('says which key was meant', () => {
    expect(of({ retry: { max_attempt: 3 } })[0]!.message).toContain('Did you mean "max_attempts"?');
  });

  it.each([
    {},
    { retry: {} },
    {
      retry: {
        max_attempts: 100,
        backoff_ms: 0,
        multiplier: 1,
        max_backoff_ms: 60_000,
        jitter: 0.2,
        non_retryable: ['http_4*'],
      },
    },
    { timeout_ms: 1, on_error: 'continue', on_uncertain: 'ask', enabled: false, effects: 'write' },
    { on_error: { value: null } },
  ])('accepts %j', (data) => {
    expect(of(data)).toEqual([]);
  });
});
