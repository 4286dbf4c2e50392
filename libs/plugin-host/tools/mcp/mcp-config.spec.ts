import { describe, expect, it } from '@jest/globals';
import { readMcpServers } from './mcp-config.js';

const read = (entries: unknown) => readMcpServers(JSON.stringify(entries));

describe('what the operator writes about MCP servers', () => {
  it('is read whole', () => {
    const written = [
      { name: 'files', command: '/usr/bin/files', args: ['--root', '/srv'], env: { A: 'b' }, allow: ['read'] },
      { name: 'far-away_2', url: 'https://mcp.example.com/mcp', headers: { authorization: 'x' }, read_only: ['look'] },
      { name: 'least', command: 'least' },
      { name: 'near', url: 'http://127.0.0.1:9/' },
    ];
    expect(read(written)).toEqual({
      problems: [],
      servers: [
        {
          ...{ name: 'files', command: '/usr/bin/files', args: ['--root', '/srv'], env: { A: 'b' } },
          ...{ allow: ['read'], readOnly: [] },
        },
        {
          ...{ name: 'far-away_2', url: 'https://mcp.example.com/mcp', headers: { authorization: 'x' } },
          ...{ allow: null, readOnly: ['look'] },
        },
        { name: 'least', command: 'least', args: [], env: {}, allow: null, readOnly: [] },
        { name: 'near', url: 'http://127.0.0.1:9/', headers: {}, allow: null, readOnly: [] },
      ],
    });
  });

  const a = { name: 'a', command: 'a' };
  it.each<[unknown, string]>([
    [{}, 'it is no JSON list'],
    [
      Array.from({ length: 21 }, (_, at) => ({ name: `a${at}`, command: 'a' })),
      'it names 21 servers; 20 are the most.',
    ],
    [[null], '[0] is no object.'],
    [[[]], '[0] is no object.'],
    [[{ command: 'a' }], '[0] has no usable name.'],
    [[{ ...a, name: 'A' }], '[0] has no usable name.'],
    [[{ ...a, name: 'a__b' }], '[0] has no usable name.'],
    [[{ ...a, name: 'a'.repeat(33) }], 'at most 32'],
    [[a, a], '[1] has the name "a", which another one has.'],
    [[{ name: 'a' }], '[0] needs either a url or a command.'],
    [[{ ...a, url: 'https://a.example/' }], '[0] needs either a url or a command.'],
    [[{ ...a, command: '' }], '[0] has a command that is no text.'],
    [[{ ...a, headers: {} }], '[0] has headers, but no url'],
    [[{ name: 'a', url: 'file:///etc/passwd' }], '[0] has a url that cannot be used. The URL begins with "file:".'],
    [[{ name: 'a', url: 5 }], '[0] has a url that cannot be used.'],
    [[{ name: 'a', url: 'https://u:p@a.example/' }], 'carries a user name or a password'],
    [[{ name: 'a', url: 'https://a.example/', args: [] }], '[0] has args or env, but no command'],
    [
      [{ name: 'a', url: 'https://a.example/', headers: { a: 1 } }],
      '[0] has headers, which has to be an object of texts.',
    ],
    [[{ ...a, args: 'x' }], '[0] has args, which has to be a list of texts.'],
    [[{ ...a, allow: [1] }], '[0] has allow, which has to be a list of texts.'],
    [[{ ...a, env: ['x'] }], '[0] has env, which has to be an object of texts.'],
    [[{ ...a, readonly: [] }], '[0] has the key "readonly", which is not known. Did you mean "read_only"?'],
  ])('%j is refused', (entries, problem) => {
    expect(read(entries)).toEqual({
      servers: [],
      problems: expect.arrayContaining([expect.stringContaining(problem)]),
    });
  });

  it('is JSON', () =>
    expect(readMcpServers('[')).toMatchObject({ problems: [expect.stringContaining('no JSON list')] }));
});
