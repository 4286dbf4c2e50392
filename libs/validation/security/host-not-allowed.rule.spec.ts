import { describe, expect, it } from '@jest/globals';
import { found, withConfig } from '../testing/checked.js';

describe('security.host_not_allowed', () => {
  const call = (url: string, egressAllow?: readonly string[], type = 'call') =>
    found('security.host_not_allowed', withConfig(type, { url }), egressAllow && { egressAllow });

  it.each([
    'http://127.0.0.1/',
    'http://localhost:3000',
    'http://api.internal/x',
    'http://10.1.2.3/x',
    'http://169.254.169.254/latest/meta-data',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://intranet/',
    'http://127.0.0.1/{{ input.path }}',
  ])('refuses %s where only public hosts are allowed', (url) => {
    expect(call(url, [])).toMatchObject([{ path: '/nodes/1/data/config/url', node_id: 'it' }]);
  });

  it.each([
    'https://api.example.com/x',
    'http://8.8.8.8/',
    '{{ input.url }}',
    'http://{{ input.host }}/x',
    'ftp://10.0.0.1/',
    'http://127.0.0.1.example.com/',
    'https://[nonsense/',
  ])('accepts %s', (url) => {
    expect(call(url, [])).toEqual([]);
  });

  it.each([
    ['http://localhost:3000/', 'localhost'],
    ['http://localhost:3000/', 'localhost:3000'],
    ['https://localhost/', 'localhost:443'],
    ['http://a.internal/', '*.internal'],
    ['http://10.1.2.3/', '10.0.0.0/8'],
    ['http://[::1]:80/', '::1'],
    ['http://[fd00::1]/', 'fd00::/8'],
  ])('accepts %s where %s is allowed', (url, entry) => {
    expect(call(url, [entry])).toEqual([]);
  });

  it.each([
    ['http://localhost:3001/', 'localhost:3000'],
    ['http://11.1.2.3.internal/', '10.0.0.0/8'],
    ['http://10.1.2.3/', 'fd00::/8'],
    ['http://192.168.0.1/', '10.0.0.0/8'],
  ])('refuses %s where only %s is allowed', (url, entry) => {
    expect(call(url, [entry])).toHaveLength(1);
  });

  it('judges nothing where nobody said what is allowed, nor a url that nobody calls', () => {
    expect(call('http://127.0.0.1/')).toEqual([]);
    expect(call('http://127.0.0.1/', [], 'pure')).toEqual([]);
  });
});
