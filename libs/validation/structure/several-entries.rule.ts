import { shown } from '../issue.js';
import { rule } from '../rule.js';

/** Only one node comes first. */
export const severalEntries = rule('structure.several_entries', ({ scopes, byId }) =>
  scopes.entries.slice(1).map((id) => {
    const { path, definition } = byId.get(id)!;
    const message = definition?.descriptor.entry
      ? `The workflow begins at ${shown(scopes.entries[0]!)}; ${shown(id)} would be a second beginning. Keep one of them.`
      : `Both ${shown(scopes.entries[0]!)} and ${shown(id)} have no edge leading to them. Add a start node that leads to both, or connect this one.`;
    return { path, node_id: id, message };
  }),
);
