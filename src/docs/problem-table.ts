import { problemCodes } from '../http/problem-codes.js';

const about =
  'Every answer that is not what was asked for is application/problem+json (RFC 9457). `detail` says what was wrong and\n' +
  'what to do; `code` is for programs, and codes are only ever added.';
const columns = ['code', 'status', 'title', 'way out'];
const rows = Object.entries(problemCodes).map(
  ([code, [status, title, wayOut]]) => [code, String(status), title, wayOut] as const,
);

/** The reference page of the codes, from the one table that they stand in: Markdown. */
export const problemTable = (): string =>
  [
    '# Problems',
    '',
    about,
    '',
    `| ${columns.join(' | ')} |`,
    '|---|---|---|---|',
    ...rows.map(([code, ...rest]) => `| \`${code}\` | ${rest.join(' | ')} |`),
    '',
  ].join('\n');

/** The same as a page: what the `type` of a problem leads to. */
export const problemPage = (): string => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Chatter: problems</title></head>
<body>
<h1>Problems</h1>
<p>${escaped(about)}</p>
<table>
<tr>${columns.map((column) => `<th>${column}</th>`).join('')}</tr>
${rows.map(([code, ...rest]) => `<tr id="${code}">${[code, ...rest].map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`).join('\n')}
</table>
</body>
</html>
`;

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
