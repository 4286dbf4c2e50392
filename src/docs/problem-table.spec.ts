import { describe, expect, it } from '@jest/globals';
import { problemCodes } from '../http/problem-codes.js';
import { problemPage, problemTable } from './problem-table.js';

describe('The table of problems', () => {
  it('has a line for each code, with its status and the way out', () => {
    for (const [code, [status, title, wayOut]] of Object.entries(problemCodes)) {
      expect(problemTable()).toContain(`| \`${code}\` | ${status} | ${title} | ${wayOut} |`);
    }
  });

  it('is a page as well, where the type of each problem leads to', () => {
    for (const code of Object.keys(problemCodes)) expect(problemPage()).toContain(`<tr id="${code}">`);
    expect(problemPage()).toContain('&lt;access token or API key&gt;');
  });
});
