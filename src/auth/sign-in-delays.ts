interface Failures {
  count: number;
  lastAt: number;
}

const free = 3;
const longestMs = 5 * 60_000;
const forgottenAfterMs = 60 * 60_000;
const keptAtMost = 10_000;

/** After three failures of an account or from an address, each further try waits longer: 1 s, 2 s, 4 s, … up to 5 min. */
export class SignInDelays {
  private readonly failures = new Map<string, Failures>();

  constructor(private readonly now: () => number) {}

  /** Ms that are still to wait. */
  wait(email: string, address: string): number {
    return Math.max(...keysOf(email, address).map((key) => this.waitOf(key)));
  }

  failed(email: string, address: string): void {
    for (const key of keysOf(email, address)) {
      const known = this.failures.get(key);
      const count = known && this.now() - known.lastAt < forgottenAfterMs ? known.count + 1 : 1;
      this.failures.delete(key);
      this.failures.set(key, { count, lastAt: this.now() });
    }
    while (this.failures.size > keptAtMost) this.failures.delete(this.failures.keys().next().value!);
  }

  succeeded(email: string, address: string): void {
    for (const key of keysOf(email, address)) this.failures.delete(key);
  }

  private waitOf(key: string): number {
    const known = this.failures.get(key);
    if (!known || known.count <= free) return 0;
    const rest = Math.min(1_000 * 2 ** (known.count - free - 1), longestMs);
    return Math.max(0, known.lastAt + rest - this.now());
  }
}

const keysOf = (email: string, address: string): readonly string[] => [
  `account ${email.toLowerCase()}`,
  `address ${address}`,
];
