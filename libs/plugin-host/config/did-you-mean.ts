/** The known word that is nearest to this one, if it is near enough to be meant: one change in three letters. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const near = known
    .map((candidate) => ({ candidate, changes: changesBetween(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, changes }) => changes <= Math.max(1, Math.floor(Math.max(word.length, candidate.length) / 3)))
    .sort((a, b) => a.changes - b.changes);
  return near[0]?.candidate;
}

/** ` Did you mean "url"?`, or nothing. Begins with a space. */
export function didYouMean(word: string, known: readonly string[]): string {
  const meant = nearest(word, known);
  return meant === undefined ? '' : ` Did you mean "${meant}"?`;
}

/** How many letters have to be added, left out, replaced, or exchanged with their neighbour. */
function changesBetween(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 32) return Number.POSITIVE_INFINITY;
  const rows = [Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const above = rows[row - 1]!;
      const replaced = above[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1);
      const exchanged = isExchange(a, row, b, column) ? rows[row - 2]![column - 2]! + 1 : Number.POSITIVE_INFINITY;
      current.push(Math.min(replaced, exchanged, above[column]! + 1, current[column - 1]! + 1));
    }
    rows.push(current);
  }
  return rows[a.length]![b.length]!;
}

const isExchange = (a: string, row: number, b: string, column: number): boolean =>
  row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
