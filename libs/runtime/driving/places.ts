/** Who asks for a place. */
export interface Asking {
  readonly executionId: string;
  readonly tenant: string;
  readonly priority: number;
}

interface Lane<T> {
  readonly waiting: T[];
  /** How far it has been served; a lane with twice the weight moves half as far for each that is served. */
  passed: number;
}

interface TenantLanes<T> {
  readonly byPriority: Map<number, Lane<T>>;
  passed: number;
}

/**
 * Who is carried out now, and who waits for it.
 *
 * 1. So many have a place at once. A place is kept until it is left.
 * 2. Tenants take turns, whatever each of them has waiting: a tenant with a thousand holds up none with one.
 * 3. Within a tenant a higher priority is served more often, and a lower one is not forgotten: priority n as often as
 *    n + 1 of priority 0. Among equals it is first come, first served.
 */
export class Places<T extends Asking> {
  private readonly taken = new Set<T>();
  private readonly waiting = new Set<T>();
  private readonly tenants = new Map<string, TenantLanes<T>>();

  constructor(private readonly most: number) {}

  get free(): number {
    return Math.max(0, this.most - this.taken.size);
  }

  /** How many of this tenant wait. */
  waitingOf(tenant: string): number {
    return [...(this.tenants.get(tenant)?.byPriority.values() ?? [])].reduce(
      (sum, lane) => sum + lane.waiting.length,
      0,
    );
  }

  /** Whether it has a place, as from now. Where not, it waits for one. */
  has(asking: T): boolean {
    if (this.taken.has(asking)) return true;
    if (this.free > 0 && !this.waiting.has(asking)) {
      this.taken.add(asking);
      return true;
    }
    if (!this.waiting.has(asking)) this.queue(asking);
    return false;
  }

  /** It needs no place any more. Whoever comes next has it from now on. */
  leave(asking: T): T | null {
    if (this.waiting.has(asking)) return (this.unqueue(asking), null);
    if (!this.taken.delete(asking)) return null;
    const next = this.next();
    if (next) this.taken.add(next);
    return next;
  }

  private queue(asking: T): void {
    this.waiting.add(asking);
    const tenant = this.tenants.get(asking.tenant) ?? { byPriority: new Map(), passed: this.leastPassed(this.tenants) };
    this.tenants.set(asking.tenant, tenant);
    const priority = laneOf(asking);
    const lane = tenant.byPriority.get(priority) ?? { waiting: [], passed: this.leastPassed(tenant.byPriority) };
    tenant.byPriority.set(priority, lane);
    lane.waiting.push(asking);
  }

  private unqueue(asking: T): void {
    this.waiting.delete(asking);
    const { waiting } = this.tenants.get(asking.tenant)!.byPriority.get(laneOf(asking))!;
    waiting.splice(waiting.indexOf(asking), 1);
    this.tidy(asking.tenant, laneOf(asking));
  }

  /** Rules 2 and 3. */
  private next(): T | null {
    const [name, tenant] = furthestBehind(this.tenants) ?? [];
    if (name === undefined || !tenant) return null;
    const [priority, lane] = furthestBehind(tenant.byPriority)!;
    tenant.passed += 1;
    lane.passed += 1 / (1 + priority);
    const next = lane.waiting.shift()!;
    this.waiting.delete(next);
    this.tidy(name, priority);
    return next;
  }

  private tidy(name: string, priority: number): void {
    const { byPriority } = this.tenants.get(name)!;
    if (byPriority.get(priority)!.waiting.length === 0) byPriority.delete(priority);
    if (byPriority.size === 0) this.tenants.delete(name);
  }

  /** Who comes later begins where the others are: nobody is owed for the time before. */
  private leastPassed(lanes: ReadonlyMap<unknown, { readonly passed: number }>): number {
    return furthestBehind(lanes)?.[1].passed ?? 0;
  }
}

const laneOf = ({ priority }: Asking): number => Math.min(100, Math.max(0, Math.round(priority)));

/** Of those that are level, the one that came first. */
function furthestBehind<K, L extends { readonly passed: number }>(lanes: ReadonlyMap<K, L>): [K, L] | null {
  let found: [K, L] | null = null;
  for (const entry of lanes) if (found === null || entry[1].passed < found[1].passed) found = entry;
  return found;
}
