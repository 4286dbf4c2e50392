/** Keeps the `limit` values that were asked for last. */
export class LeastRecentlyUsed<T> {
  private readonly entries = new Map<string, T>();

  constructor(private readonly limit: number) {}

  /** The kept value, or the one that `make` gives; what `make` throws is not kept. */
  get(key: string, make: () => T): T {
    const kept = this.entries.get(key);
    if (kept !== undefined) {
      this.entries.delete(key);
      this.entries.set(key, kept);
      return kept;
    }
    const made = make();
    if (this.entries.size >= this.limit) this.entries.delete(this.entries.keys().next().value!);
    this.entries.set(key, made);
    return made;
  }
}
