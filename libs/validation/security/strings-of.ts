/** A text somewhere in what was sent. */
export interface FoundText {
  readonly text: string;
  /** JSON pointer, with that of the root before it. */
  readonly path: string;
}

/** Deeper than any request may be. */
const MOST_LEVELS = 128;

/** Every text in a value, keys of objects included. Needs no recursion. */
export function stringsOf(root: unknown, path: string): readonly FoundText[] {
  const found: FoundText[] = [];
  const open: { readonly value: unknown; readonly path: string; readonly level: number }[] = [
    { value: root, path, level: 0 },
  ];
  for (const { value, path: at, level } of open) {
    if (typeof value === 'string') found.push({ text: value, path: at });
    if (value === null || typeof value !== 'object' || level > MOST_LEVELS) continue;
    for (const [key, member] of Object.entries(value)) {
      if (!Array.isArray(value)) found.push({ text: key, path: at });
      open.push({ level: level + 1, value: member, path: `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}` });
    }
  }
  return found;
}
