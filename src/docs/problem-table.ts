import { problemCodes } from '../http/problem-codes.js';

/** The reference page of the codes, from the one table that they stand in. */
export function problemTable(): string {
  const rows = Object.entries(problemCodes).map(
    ([code, [status, title, wayOut]]) => `| \`${code}\` | ${status} | ${title} | ${wayOut} |`,
  );
  return [
    '# Problems',
    '',
    'Every answer that is not what was asked for is `application/problem+json` (RFC 9457). `detail` says what was wrong and',
    'what to do; `code` is for programs, and codes are only ever added.',
    '',
    '| code | status | title | way out |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
