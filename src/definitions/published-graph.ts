import type { Graph } from '#engine';
import type { PayloadStore } from '#event-store';

/** The graph of a published version. */
export async function publishedGraph(payloads: PayloadStore, tenant: string, digest: string): Promise<Graph> {
  const bytes = await payloads.get(tenant, digest.replace('sha256:', ''));
  if (!bytes) throw new Error(`The graph ${digest} is missing from the payload store.`);
  return JSON.parse(new TextDecoder().decode(bytes)) as Graph;
}
