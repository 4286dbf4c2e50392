import type { OpenChange, OpenExecution } from '#event-store';

interface Row extends OpenExecution {
  readonly driver: string | null;
  readonly revision: bigint;
  readonly claimedRevision: bigint;
}

const leaseMs = 8_000;

/**
 * What processes share beside the log, as PostgreSQL keeps it: who lives, and who drives what. Each method is one statement:
 * nothing comes in between. It learns of what the log says a while later.
 */
export class SharedTable {
  private readonly rows = new Map<string, Row>();
  private readonly lives = new Map<string, number>();

  constructor(private readonly now: () => number) {}

  renew(process: string): void {
    this.lives.set(process, this.now() + leaseMs);
  }

  /** What an append has said, in the order of the log. */
  take(stream: string, open: OpenChange, revision: bigint): void {
    if (open === 'closed') return void this.rows.delete(stream);
    const known = this.rows.get(stream);
    if (known && known.revision >= revision) return;
    const stays = known !== undefined && known.claimedRevision >= revision;
    const { driver = null, ...row } = open.row;
    const claimedRevision = known?.claimedRevision ?? -1n;
    this.rows.set(stream, { ...row, driver: stays ? known.driver : driver, revision, claimedRevision });
  }

  park(process: string, stream: string): void {
    const known = this.rows.get(stream);
    if (known?.driver === process) this.rows.set(stream, { ...known, status: 'parked', dueAt: null });
  }

  claim(process: string, stream: string, revision: bigint): boolean {
    const known = this.rows.get(stream);
    if (known && !this.isFreeFor(process, known)) return false;
    const unknown = { stream, tenant: '', priority: 0, status: 'running', dueAt: null, revision: -1n } as const;
    const claimedRevision = greatest(known?.claimedRevision ?? -1n, revision);
    this.rows.set(stream, { ...(known ?? unknown), driver: process, claimedRevision });
    return true;
  }

  claimOrphans(process: string, now: number, limit: number): OpenExecution[] {
    const orphans = this.all().filter(
      (row) =>
        ((row.status !== 'waiting' && row.driver !== process) || (row.dueAt !== null && row.dueAt <= now)) &&
        this.isFreeFor(process, row),
    );
    const own = orphans.filter(({ driver }) => driver === process);
    const others = orphans.filter(({ driver }) => driver !== process).slice(0, limit);
    return [...own, ...others].map((row) => {
      const claimedRevision = greatest(row.claimedRevision, row.revision);
      const claimed = { ...row, driver: process, claimedRevision };
      this.rows.set(row.stream, claimed);
      return claimed;
    });
  }

  release(process: string, stream: string): void {
    const known = this.rows.get(stream);
    if (known?.driver === process) this.rows.set(stream, { ...known, driver: null });
  }

  forget(process: string, stream: string): void {
    if (this.rows.get(stream)?.driver === process) this.rows.delete(stream);
  }

  all(): Row[] {
    return [...this.rows.values()];
  }

  row(stream: string): Row | undefined {
    return this.rows.get(stream);
  }

  private isFreeFor(process: string, { driver }: Row): boolean {
    return driver === null || driver === process || (this.lives.get(driver) ?? 0) <= this.now();
  }
}

const greatest = (one: bigint, other: bigint): bigint => (one > other ? one : other);
