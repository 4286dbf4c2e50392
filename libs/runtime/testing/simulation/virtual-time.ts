type Callback = (...args: unknown[]) => void;

interface Entry {
  readonly at: number;
  readonly callback: () => void;
  cancelled: boolean;
}

const real = { setTimeout, clearTimeout, setImmediate, dateNow: Date.now };

/** Whatever the timers have begun goes on until it waits for the next one. */
const settled = () => new Promise<void>((resolve) => real.setImmediate(resolve));

/**
 * A clock that jumps from timer to timer: an hour of waiting takes as long as what is done in it. While it is installed,
 * `setTimeout`, `setImmediate` and `Date.now` are its own; whoever waits for something else than a timer stands still.
 */
export class VirtualTime {
  now = Date.UTC(2026, 0, 31, 12);
  /** The next one is the last. */
  private readonly entries: Entry[] = [];

  install(): void {
    Object.assign(globalThis, {
      setTimeout: (callback: Callback, ms = 0, ...args: unknown[]) => this.add(ms, () => callback(...args)),
      clearTimeout: (entry?: Partial<Entry>) => void (entry && (entry.cancelled = true)),
      setImmediate: (callback: Callback, ...args: unknown[]) => this.add(0, () => callback(...args)),
    });
    Date.now = () => this.now;
  }

  uninstall(): void {
    Object.assign(globalThis, {
      setTimeout: real.setTimeout,
      clearTimeout: real.clearTimeout,
      setImmediate: real.setImmediate,
    });
    Date.now = real.dateNow;
  }

  rest(ms: number): Promise<void> {
    return new Promise((resolve) => this.add(ms, resolve));
  }

  /** Lets time go by until `isOver`; false where it is not within `ms`. */
  async until(isOver: () => boolean, ms: number): Promise<boolean> {
    const end = this.now + ms;
    await settled();
    while (!isOver()) {
      const next = this.entries.at(-1);
      if (!next || next.at > end) return false;
      this.entries.pop();
      if (next.cancelled) continue;
      this.now = next.at;
      next.callback();
      await settled();
    }
    return true;
  }

  private add(ms: number, callback: () => void): Entry & { unref(): unknown } {
    const entry = { at: this.now + Math.max(0, Math.ceil(ms)), callback, cancelled: false, unref: () => entry };
    let place = this.entries.length;
    while (place > 0 && this.entries[place - 1]!.at <= entry.at) place -= 1;
    this.entries.splice(place, 0, entry);
    return entry;
  }
}
