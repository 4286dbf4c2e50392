/** A text somewhere in what was sent. */
export interface FoundText {
  readonly text: string;
  /** JSON pointer, with that of the root before it. */
  readonly path: string;
}

/** Every text in a value, keys of objects included. Needs no recursion. */
export function stringsOf(root: unknown, path: string): readonly FoundText[] {
  const found: FoundText[] = [];
  const open: { readonly value: unknown; readonly path: string }[] = [{ value: root, path }];
  for (const { value, path: at } of open) {
    if (typeof value === 'string') found.push({ text: value, path: at });
    if (value === null || typeof value !== 'object') continue;
    for (const [key, member] of Object.entries(value)) {
      if (!Array.isArray(value)) found.push({ text: key, path: at });
      open.push({ value: member, path: `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}` });
    }
  }
  return found;
}
