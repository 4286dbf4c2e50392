import type { Graph, PublishedState } from '#engine';
import { nextTime } from '#plugin-sdk';
import { triggerIn } from './trigger.js';

/** A trigger as its definition is answered with it. Wire names. */
export interface TriggerView {
  readonly node_id: string;
  readonly type: 'webhook' | 'schedule';
  /** The definition is active. */
  readonly live: boolean;
  readonly url: string | null;
  readonly methods: readonly string[] | null;
  readonly next_firing_at: string | null;
}

/** What begins executions of a definition by itself: one trigger, or none. `base`: the server's own address, or nothing. */
export function triggerViews(
  graph: Graph,
  { active: live }: Pick<PublishedState, 'active'>,
  { tenant, base, now }: { readonly tenant: string; readonly base: string; readonly now: number },
): TriggerView[] {
  const trigger = triggerIn(graph);
  if (!trigger) return [];
  const { nodeId: node_id } = trigger;
  if (trigger.type === 'webhook') {
    const url = `${base.replace(/\/$/, '')}/hooks/${encodeURIComponent(tenant)}/${trigger.path}`;
    return [{ node_id, type: 'webhook', live, url, methods: trigger.methods, next_firing_at: null }];
  }
  const next = live ? nextTime(trigger.recurrence, now) : null;
  const next_firing_at = next === null ? null : new Date(next).toISOString();
  return [{ node_id, type: 'schedule', live, url: null, methods: null, next_firing_at }];
}
