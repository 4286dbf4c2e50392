/**
 * How often which value came: enough for exact percentiles, in memory that is bounded by how many different values there
 * are.
 *
 * The pth percentile is the nearest rank: of n values in order, the one at place ⌈p/100 × n⌉, the first place being 1.
 */
export class Spread {
  private readonly times = new Map<number, number>();
  private n = 0;
  sum = 0;

  add(value: number): void {
    this.times.set(value, (this.times.get(value) ?? 0) + 1);
    this.n += 1;
    this.sum += value;
  }

  /** Null: of no values. To two places. */
  average(): number | null {
    return this.n === 0 ? null : rounded(this.sum / this.n);
  }

  /** In the order asked for, each 1–100; null: of no values. */
  percentiles(...wanted: readonly number[]): readonly (number | null)[] {
    const ascending = [...this.times].toSorted(([left], [right]) => left - right);
    return wanted.map((p) => (this.n === 0 ? null : valueAt(ascending, Math.ceil((p * this.n) / 100))));
  }
}

function valueAt(ascending: readonly (readonly [number, number])[], rank: number): number {
  let passed = 0;
  for (const [value, times] of ascending) if ((passed += times) >= rank) return value;
  throw new Error(`There is no place ${rank} among ${passed} values.`);
}

/** To two places. */
export const rounded = (value: number): number => Math.round(value * 100) / 100;
