import type { OpenExecution, OwnOpenExecutions } from '../event-store.js';
import { Leases, type Backlog } from '../leases.js';

/** What several processes in one memory share: for tests of how they get along. */
export interface SharedMemory {
  readonly openExecutions: OwnOpenExecutions;
  /** Process → until when it lives, ms. */
  readonly lives: Map<string, number>;
  readonly now: () => number;
}

const leaseMs = 8_000;
const marginMs = 1_000;

export class MemoryLeases extends Leases {
  readonly several = true;
  lapses = 0;
  private heldUntil = Infinity;

  constructor(
    readonly process: string,
    private readonly shared: SharedMemory,
    readonly drives = true,
  ) {
    super();
    this.renew();
  }

  /** To be called now and then, as a heartbeat would. */
  renew(): void {
    const now = this.shared.now();
    if (!this.isHeld()) this.lapses += 1;
    this.shared.lives.set(this.process, now + leaseMs);
    this.heldUntil = now + leaseMs - marginMs;
  }

  isHeld(): boolean {
    return this.shared.now() < this.heldUntil;
  }

  async claim(stream: string): Promise<boolean> {
    const row = (await this.rows()).find((each) => each.stream === stream);
    if (!this.drives || this.isAnotherThatLives(row?.driver ?? null)) return false;
    if (row) await this.shared.openExecutions.put({ ...row, driver: this.process });
    return true;
  }

  async release(stream: string): Promise<void> {
    const row = (await this.rows()).find((each) => each.stream === stream);
    if (row?.driver === this.process) await this.shared.openExecutions.put({ ...row, driver: null });
  }

  async park({ stream }: Pick<OpenExecution, 'stream'>): Promise<void> {
    const row = (await this.rows()).find((each) => each.stream === stream);
    if (row?.driver === this.process) await this.shared.openExecutions.put({ ...row, status: 'parked', dueAt: null });
  }

  /** Nothing is removed from this list but by an append: it is left where nobody looks. */
  async forget(stream: string): Promise<void> {
    await this.park({ stream });
  }

  async claimOrphans(now: number, limit: number): Promise<readonly OpenExecution[]> {
    const isMine = ({ status, driver = null, dueAt }: OpenExecution): boolean => {
      if (this.isAnotherThatLives(driver)) return false;
      return (status !== 'waiting' && driver !== this.process) || (dueAt !== null && dueAt <= now);
    };
    const orphans = (await this.rows()).filter(isMine);
    const own = orphans.filter(({ driver }) => driver === this.process);
    const others = orphans.filter(({ driver }) => driver !== this.process).slice(0, this.drives ? limit : 0);
    const rows = [...own, ...others];
    for (const row of rows) await this.shared.openExecutions.put({ ...row, driver: this.process });
    return rows;
  }

  async running(): Promise<readonly OpenExecution[]> {
    return (await this.rows()).filter(({ status, driver }) => status === 'running' && driver === this.process);
  }

  async backlog(tenant: string): Promise<Backlog> {
    const waiting = (await this.rows()).filter(({ status, driver = null }) => status === 'running' && driver === null);
    return { ofTenant: waiting.filter((row) => row.tenant === tenant).length, ofAll: waiting.length };
  }

  async close(): Promise<void> {
    this.shared.lives.delete(this.process);
    this.heldUntil = 0;
  }

  private isAnotherThatLives(driver: string | null): boolean {
    return driver !== null && driver !== this.process && (this.shared.lives.get(driver) ?? 0) > this.shared.now();
  }

  private rows(): Promise<readonly OpenExecution[]> {
    return this.shared.openExecutions.list({ limit: Number.MAX_SAFE_INTEGER });
  }
}
