/** A node as a canvas writes it. */
export const node = (id: string, type: string, config: object = {}, data: object = {}): object => ({
  id,
  type,
  data: { config, ...data },
});

export const edge = (source: string, target: string, source_handle?: string): object => ({
  source,
  target,
  ...(source_handle !== undefined && { source_handle }),
});

/** start → these, one after the other → end. */
export function line(...nodes: readonly object[]): { nodes: object[]; edges: object[] } {
  const all = [node('start', 'start'), ...nodes, node('end', 'end')] as { id: string }[];
  return { nodes: all, edges: all.slice(1).map(({ id }, at) => edge(all[at]!.id, id)) };
}

/** A custom run of start → these → end. */
export const custom = (...nodes: readonly object[]): Record<string, unknown> => ({
  workflow_type: 'custom',
  ...line(...nodes),
});

/** start → 21 × 2 → end. */
export const twice = { ...custom(node('twice', 'transform', { value: '{{ input.n * 2 }}' })), input_data: { n: 21 } };
