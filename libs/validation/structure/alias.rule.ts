import { rule } from '../rule.js';

/** Old names are read, and answered by those of today. */
export const alias = rule('structure.alias', ({ request }) =>
  request.aliases.map((note) => ({ ...note, severity: 'warning' })),
);
