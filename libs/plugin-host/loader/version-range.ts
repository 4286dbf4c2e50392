/**
 * Whether a version is in a range as manifests write it: `^1`, `~1.2`, `>=1 <2`, `1.x`, `*`, `1.2.3`, joined by `||`.
 * Pre-releases are not told apart. A range that cannot be read holds nothing.
 */
export function isInRange(version: string, range: string): boolean {
  const own = numbersOf(version);
  return range.split('||').some((all) =>
    all
      .trim()
      .split(/\s+/)
      .every((one) => holds(own, one)),
  );
}

const COMPARATOR = /^(\^|~|>=|<=|>|<|=)?v?(\d+|[xX*])(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?$/;

function holds(version: readonly number[], comparator: string): boolean {
  const [, operator = '=', ...parts] = COMPARATOR.exec(comparator) ?? [undefined, 'none'];
  const given = parts.filter((part) => part !== undefined && /^\d+$/.test(part)).map(Number);
  const order = compare(version, given);
  switch (operator) {
    case '=':
      return order === 0;
    case '^':
      return (
        sameUpTo(
          version,
          given,
          given.findIndex((part) => part > 0),
        ) && compare(version, padded(given)) >= 0
      );
    case '~':
      return sameUpTo(version, given, 1) && compare(version, padded(given)) >= 0;
    case '>=':
      return compare(version, padded(given)) >= 0;
    case '<':
      return compare(version, padded(given)) < 0;
    case '>':
      return order > 0;
    case '<=':
      return order <= 0;
    default:
      return false;
  }
}

const numbersOf = (version: string): number[] => (version.split(/[-+]/)[0] ?? '').split('.').map(Number);

const padded = (parts: readonly number[]): number[] => [0, 1, 2].map((index) => parts[index] ?? 0);

/** Compares as far as the second goes: 1.4.2 and 1 are equal. */
function compare(version: readonly number[], parts: readonly number[]): number {
  const at = parts.findIndex((part, index) => part !== version[index]);
  return at === -1 ? 0 : version[at]! - parts[at]!;
}

/** -1: nothing but zeros were given, and all of them count. */
function sameUpTo(version: readonly number[], parts: readonly number[], last: number): boolean {
  return parts.slice(0, last === -1 ? parts.length : last + 1).every((part, index) => part === version[index]);
}
