/**
 * What `.dockerignore` lets through, as Docker reads it.
 *
 * 1. The last pattern that matches decides; `!` lets through.
 * 2. A pattern that matches a folder matches all that is in it.
 * 3. `*` stays within a name, `**` is any number of folders.
 */
export function letThrough(dockerignore: string): (path: string) => boolean {
  const lines = dockerignore.split('\n').map((line) => line.trim());
  const patterns = lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ lets: line.startsWith('!'), matches: expression(line.replace(/^!/, '')) }));
  return (path) => patterns.findLast(({ matches }) => matches.test(path))?.lets ?? true; // rule 1
}

const expression = (pattern: string): RegExp => {
  const source = pattern.split(/(\*\*\/|\*\*|\*|\?)/).map((part) => wild[part] ?? RegExp.escape(part));
  return new RegExp(`^${source.join('')}(?:/.*)?$`); // rule 2
};

/** Rule 3. */
const wild: Readonly<Record<string, string>> = { '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]' };
