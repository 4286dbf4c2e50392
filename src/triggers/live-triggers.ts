import { Refusal, type Graph, type PublishedState } from '#engine';
import type { PayloadStore } from '#event-store';
import { publishedGraph } from '../definitions/published-graph.js';
import { TriggerClaims, type Claim } from './trigger-claims.js';
import { triggerIn, type Schedule, type Trigger, type Webhook } from './trigger.js';

/** A trigger that begins executions now. */
export interface LiveTrigger<T extends Trigger = Trigger> {
  readonly tenant: string;
  /** UUID without prefix. */
  readonly definitionId: string;
  /** As whom its executions run. */
  readonly owner: string;
  /** Since when it stands just so, ms since the epoch. */
  readonly since: number;
  readonly trigger: T;
}

/** Null: it is live no more. */
export type OnChange = (definitionId: string, live: LiveTrigger | null) => void;

export interface TriggerLog {
  warn(facts: object, message: string): void;
}

/** Versions that are looked back through for how long a trigger has been as it is. */
const mostVersions = 50;

/**
 * The triggers of active definitions, as they are now.
 *
 * 1. A definition's trigger is live while it is active, and is that of its newest version.
 * 2. It is the same since the version that brought it, or since the activation, whichever came later.
 * 3. An address belongs to one definition. Who asks while it is taken is refused; should two have it all the same, it is
 *    the one's that had it first.
 */
export class LiveTriggers extends TriggerClaims {
  private readonly newest = new Map<string, PublishedState>();
  private readonly live = new Map<string, LiveTrigger>();
  private readonly hooks = new Map<string, readonly LiveTrigger<Webhook>[]>();
  private readonly listeners = new Set<OnChange>();
  private held: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly payloads: PayloadStore,
    private readonly log: TriggerLog,
  ) {
    super();
  }

  /** Told of each change, and of what is live already. */
  listen(listener: OnChange): () => void {
    this.listeners.add(listener);
    for (const [id, live] of this.live) listener(id, live);
    return () => this.listeners.delete(listener);
  }

  hookAt(tenant: string, path: string): LiveTrigger<Webhook> | null {
    return this.hooks.get(addressOf(tenant, path))?.[0] ?? null;
  }

  override holding<T>({ tenant, definitionId, graph }: Claim, act: () => Promise<T>): Promise<T> {
    const done = this.held.then(async () => {
      const trigger = triggerIn(graph);
      const holder = trigger?.type === 'webhook' ? this.hookAt(tenant, trigger.path) : null;
      if (holder && holder.definitionId !== definitionId) throw taken(holder);
      return act();
    });
    this.held = done.catch(() => undefined);
    return done;
  }

  override async told(tenant: string, definitionId: string, state: PublishedState): Promise<void> {
    this.newest.set(definitionId, state);
    const live = await this.liveOf(tenant, definitionId, state).catch((error: unknown) => {
      this.log.warn({ err: error, definition_id: definitionId }, 'A trigger cannot be read, and is not live');
      return null;
    });
    if (this.newest.get(definitionId) !== state) return; // something newer was told meanwhile
    if (state.status === 'deleted' || !state.active) this.newest.delete(definitionId);
    if (!live && !this.live.has(definitionId)) return;
    this.replace(definitionId, live);
    for (const listener of this.listeners) listener(definitionId, live);
  }

  private replace(definitionId: string, live: LiveTrigger | null): void {
    const before = this.live.get(definitionId);
    if (before && isHook(before)) {
      const address = addressOf(before.tenant, before.trigger.path);
      const others = this.hooks.get(address)!.filter((each) => each !== before);
      if (others.length > 0) this.hooks.set(address, others);
      else this.hooks.delete(address);
    }
    this.live.delete(definitionId);
    if (!live) return;
    this.live.set(definitionId, live);
    if (!isHook(live)) return;
    const address = addressOf(live.tenant, live.trigger.path);
    const all = [...(this.hooks.get(address) ?? []), live];
    this.hooks.set(
      address,
      all.toSorted((left, right) => left.since - right.since),
    ); // rule 3
  }

  private async liveOf(tenant: string, definitionId: string, state: PublishedState): Promise<LiveTrigger | null> {
    if (state.status !== 'published' || !state.active) return null; // rule 1
    const trigger = triggerIn(await this.graph(tenant, state.versions.at(-1)!.graph_digest));
    if (!trigger) return null;
    const since = await this.sinceWhen(tenant, state, trigger);
    return { tenant, definitionId, owner: state.owner, since, trigger };
  }

  /** Rule 2. */
  private async sinceWhen(tenant: string, state: PublishedState, trigger: Trigger): Promise<number> {
    const activated = Date.parse(state.active_since ?? state.created_at);
    const same = JSON.stringify(trigger);
    let since = activated;
    for (const { graph_digest, published_at } of state.versions.toReversed().slice(0, mostVersions)) {
      if (JSON.stringify(triggerIn(await this.graph(tenant, graph_digest))) !== same) break;
      since = Date.parse(published_at);
      if (since <= activated) return activated;
    }
    return since;
  }

  private graph(tenant: string, digest: string): Promise<Graph> {
    return publishedGraph(this.payloads, tenant, digest);
  }
}

const addressOf = (tenant: string, path: string): string => `${tenant} ${path}`;

const isHook = (live: LiveTrigger): live is LiveTrigger<Webhook> => live.trigger.type === 'webhook';

export const isSchedule = (live: LiveTrigger): live is LiveTrigger<Schedule> => live.trigger.type === 'schedule';

const taken = ({ definitionId, trigger }: LiveTrigger<Webhook>): Refusal =>
  new Refusal(
    'hook_path_taken',
    `The active definition wf_${definitionId} already answers at "${trigger.path}". Choose another path, or deactivate that one first.`,
    { definition_id: `wf_${definitionId}` },
  );
