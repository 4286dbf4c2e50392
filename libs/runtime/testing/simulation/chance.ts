/** The same numbers for the same seed: what a simulation came to can be had again. */
export class Chance {
  constructor(private state: number) {}

  /** 0 up to but not 1 (mulberry32). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  between(least: number, most: number): number {
    return least + this.next() * (most - least);
  }

  /** One of these; none of none. */
  of<T>(some: readonly T[]): T | undefined {
    return some[Math.floor(this.next() * some.length)];
  }

  happens(probability: number): boolean {
    return this.next() < probability;
  }
}
