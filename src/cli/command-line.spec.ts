import { describe, expect, it } from '@jest/globals';
import { readCommandLine, UsageRefused } from './command-line.js';

const read = (line: string) => readCommandLine(line === '' ? [] : line.split(' '));

describe('The command line', () => {
  it.each([
    ['', { name: 'serve', role: null }],
    ['serve', { name: 'serve', role: null }],
    ['serve --role worker', { name: 'serve', role: 'worker' }],
    ['--role=api', { name: 'serve', role: 'api' }],
    ['help', { name: 'help' }],
    ['--help', { name: 'help' }],
    ['backup -h', { name: 'help' }],
    ['backup a.db', { name: 'backup', file: 'a.db', withSecret: false }],
    ['backup --with-secret a.db', { name: 'backup', file: 'a.db', withSecret: true }],
    ['restore a.db', { name: 'restore', file: 'a.db', dataDir: null }],
    ['restore a.db --data-dir /d', { name: 'restore', file: 'a.db', dataDir: '/d' }],
    ['acl chatter', { name: 'acl', reader: 'chatter' }],
    ['verify', { name: 'verify', what: { type: 'all' } }],
    ['verify --all', { name: 'verify', what: { type: 'all' } }],
    ['verify a.db', { name: 'verify', what: { type: 'file', file: 'a.db' } }],
    ['verify --stream execution-1', { name: 'verify', what: { type: 'stream', stream: 'execution-1' } }],
    ['verify --stream exec_1', { name: 'verify', what: { type: 'stream', stream: 'execution-1' } }],
    [
      'archive --closed-before 2026-01-31 --to x',
      { name: 'archive', closedBefore: '2026-01-31T00:00:00.000Z', to: 'x', dryRun: false },
    ],
    [
      'archive --closed-before 2026-01-31T12:00:00+01:00 --to x --dry-run',
      { name: 'archive', closedBefore: '2026-01-31T11:00:00.000Z', to: 'x', dryRun: true },
    ],
  ])('understands "%s"', (line, command) => {
    expect(read(line)).toEqual(command);
  });

  it.each([
    ['dance', 'There is no command "dance".'],
    ['serve now', 'It does not take "now"'],
    ['serve --role king', '--role is "king"; it must be one of all, api, worker, projector'],
    ['serve --rule api', "Unknown option '--rule'"],
    ['backup', 'chatter backup needs the name of a file'],
    ['backup a b', 'It does not take "b"'],
    ['acl', 'chatter acl needs the name of a user'],
    ['acl a b', 'It does not take "b"'],
    ['restore', 'chatter restore needs the name of a file'],
    ['verify --all a.db', 'takes one of'],
    ['archive --to x', 'needs --closed-before <date> and --to <folder>'],
    ['archive --closed-before 2026-01-31', 'needs --closed-before <date> and --to <folder>'],
    ['archive --closed-before yesterday --to x', '--closed-before is "yesterday"'],
    ['archive --closed-before 2026-13-77 --to x', '--closed-before is "2026-13-77"'],
    ['archive --closed-before 2026-01-31T12:00 --to x', 'or a moment'],
  ])('says what is wrong with "%s"', (line, message) => {
    expect(() => read(line)).toThrow(UsageRefused);
    expect(() => read(line)).toThrow(message);
  });
});
