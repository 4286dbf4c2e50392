import { mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { assertVerified, ownModule, rememberHash } from './module-hooks.js';
import { hashOf } from './plugin-files.js';

describe('what a plugin imports by name', () => {
  const resolve = (name: string): string => `file:///host/${name}`;
  it.each([
    ['@chatter/plugin-sdk', 'file:///host/#plugin-sdk'],
    ['@chatter/plugin-sdk/testing', 'file:///host/#plugin-sdk/testing'],
    ['@chatter/other', undefined],
    ['./own.js', undefined],
    ['toString', undefined],
  ])('%s leads to %s', (specifier, url) => expect(ownModule(specifier, resolve)).toBe(url));
});

describe('a file that was looked at', () => {
  const path = join(realpathSync(mkdtempSync(join(tmpdir(), 'hooks-'))), 'a.js');
  const { href } = pathToFileURL(path);
  writeFileSync(path, 'export {}');
  rememberHash(path, hashOf('export {}'));

  it('is loaded as it was', () => {
    expect(() => assertVerified(href, 'export {}')).not.toThrow();
    expect(() => assertVerified(`${href}?again`, Buffer.from('export {}'))).not.toThrow();
    expect(() => assertVerified(href, null)).not.toThrow();
  });

  it('is not loaded once it has changed', () => {
    expect(() => assertVerified(href, 'export { evil }')).toThrow('changed after it was looked at');
    writeFileSync(path, 'other');
    expect(() => assertVerified(href, undefined)).toThrow('changed after it was looked at');
  });

  it('is none of ours otherwise', () => {
    expect(() => assertVerified('node:fs', undefined)).not.toThrow();
    expect(() => assertVerified('file:///somewhere/else.js', 'x')).not.toThrow();
  });
});
