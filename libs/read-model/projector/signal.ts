/** A flag that can be waited for. Raising it twice is raising it once. */
export class Signal {
  private raised = false;
  private wakeUp: (() => void) | null = null;

  raise(): void {
    this.raised = true;
    this.wakeUp?.();
  }

  lower(): void {
    this.raised = false;
  }

  /** Resolves once the flag is up, or after `ms` at the latest. */
  async wait(ms?: number): Promise<void> {
    if (this.raised) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.wakeUp = resolve;
      if (ms !== undefined) timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
    this.wakeUp = null;
  }
}
