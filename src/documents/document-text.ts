import { convert } from 'html-to-text';
import { Problem } from '../http/problem.js';

/** The types of a document that are understood, and how the text that is searched comes of each. */
const readers: Readonly<Record<string, (body: string) => string>> = {
  'text/plain': (body) => body,
  'text/markdown': (body) => body,
  'text/html': (body) =>
    convert(body, {
      wordwrap: false,
      limits: { maxDepth: 64, maxInputLength: 5 * 1024 * 1024 },
      selectors: [
        { selector: 'a', options: { ignoreHref: true } },
        { selector: 'img', format: 'skip' },
        { selector: 'script', format: 'skip' },
        { selector: 'style', format: 'skip' },
      ],
    }),
};

export const documentTypes = Object.keys(readers);

/** The text of a document as it is searched and shown: without markup, scripts or styles. Throws a problem where there is none. */
export function textOf(mime: string, body: string): string {
  const reader = readers[mime];
  if (!reader)
    throw new Problem(
      'unsupported_media_type',
      `A document of type "${mime}" cannot be read. Send ${documentTypes.join(', ')}; take the text out of other files first.`,
    );
  const text = reader(body).replaceAll('\0', '').toWellFormed().trim();
  if (text === '') throw new Problem('invalid_request', 'The document holds no text.');
  return text;
}
