import type { Graph, GraphNode } from '#engine';
import type { JsonObject, Recurrence } from '#plugin-sdk';

/** How a request shows that it comes from who it should. `secret` is the name of one. */
export type Verify =
  | { readonly by: 'nothing' }
  | { readonly by: 'secret'; readonly secret: string; readonly header: string }
  | {
      readonly by: 'hmac_sha256';
      readonly secret: string;
      readonly header: string;
      readonly prefix: string;
      readonly timestampHeader: string | null;
    };

export interface Webhook {
  readonly type: 'webhook';
  readonly nodeId: string;
  /** Without a slash before it. */
  readonly path: string;
  readonly methods: readonly string[];
  readonly verify: Verify;
  readonly bodySchema: JsonObject | null;
  readonly respond: 'accepted' | 'result';
  readonly deliveryHeader: string | null;
}

export interface Schedule {
  readonly type: 'schedule';
  readonly nodeId: string;
  readonly recurrence: Recurrence;
  readonly missed: 'skip' | 'once';
  readonly jitterMs: number;
}

export type Trigger = Webhook | Schedule;

/** What begins executions of a published graph by itself: its entry, where that is a trigger and not switched off. */
export function triggerIn(graph: Graph): Trigger | null {
  const node = graph.nodes.find(({ type }) => type === 'webhook' || type === 'schedule');
  if (!node || node.data.enabled === false) return null;
  return node.type === 'webhook' ? webhookOf(node) : scheduleOf(node);
}

function webhookOf({ id, data: { config } }: GraphNode): Webhook {
  return {
    type: 'webhook',
    nodeId: id,
    path: String(config['path']).replace(/^\//, ''),
    methods: (config['methods'] as string[] | undefined) ?? ['POST'],
    verify: verifyOf(config['verify'] ?? 'none'),
    bodySchema: (config['body_schema'] as JsonObject | undefined) ?? null,
    respond: config['respond'] === 'result' ? 'result' : 'accepted',
    deliveryHeader: lowered(config['delivery_header']),
  };
}

function verifyOf(verify: JsonObject[string]): Verify {
  if (verify === 'none') return { by: 'nothing' };
  const { scheme, secret, header, prefix, timestamp_header } = verify as Readonly<Record<string, string | undefined>>;
  if (scheme === undefined) return { by: 'secret', secret: secret!, header: lowered(header) ?? 'x-webhook-secret' };
  return {
    by: 'hmac_sha256',
    secret: secret!,
    header: header!.toLowerCase(),
    prefix: prefix ?? '',
    timestampHeader: lowered(timestamp_header),
  };
}

const scheduleOf = ({ id, data: { config } }: GraphNode): Schedule => ({
  type: 'schedule',
  nodeId: id,
  recurrence: { cron: String(config['cron']), timeZone: String(config['time_zone'] ?? 'UTC') },
  missed: config['missed'] === 'once' ? 'once' : 'skip',
  jitterMs: Number(config['jitter_ms'] ?? 0),
});

const lowered = (header: unknown): string | null => (typeof header === 'string' ? header.toLowerCase() : null);
