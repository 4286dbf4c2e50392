const MOST_TYPOS = 2;

/** ` Did you mean "…"?` when one of the known words is near, else nothing. */
export function didYouMean(word: string, known: Iterable<string>): string {
  if (word.length > 64) return '';
  const folded = fold(word);
  let nearest: { readonly word: string; readonly typos: number } | null = null;
  for (const candidate of known) {
    const typos = distance(folded, fold(candidate));
    if (typos <= allowed(candidate) && typos < (nearest?.typos ?? Infinity)) nearest = { word: candidate, typos };
  }
  return nearest === null ? '' : ` Did you mean "${nearest.word}"?`;
}

const allowed = (word: string): number => Math.min(MOST_TYPOS, Math.floor(word.length / 2));

/** Case, `_` and `-` are how people differ, not how words do. */
const fold = (word: string): string => word.toLowerCase().replaceAll(/[_-]/g, '');

/** Insertions, deletions and changes from one to the other; more than `MOST_TYPOS` may come out as any larger number. */
function distance(from: string, to: string): number {
  if (Math.abs(from.length - to.length) > MOST_TYPOS) return Infinity;
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const changed = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(changed, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
